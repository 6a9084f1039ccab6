import { start } from "../start.ts";
import { dockerBuildModel } from "./model.ts";

await start(dockerBuildModel);
