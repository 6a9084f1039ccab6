import { start } from "../start.ts";
import { awsModel } from "./model.ts";

await start(awsModel);
