import { start } from "../start.ts";
import { randomModel } from "./model.ts";

await start(randomModel);
