import { start } from "../start.ts";
import { gcpModel } from "./model.ts";

await start(gcpModel);
