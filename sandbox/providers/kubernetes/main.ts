import { start } from "../start.ts";
import { kubernetesModel } from "./model.ts";

await start(kubernetesModel);
