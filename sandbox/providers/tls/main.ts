import { start } from "../start.ts";
import { tlsModel } from "./model.ts";

await start(tlsModel);
