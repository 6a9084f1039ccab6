/** Previews of any stack. Resources without a model are assumed to be as declared; the preview lists these assumptions. */
export { type PreviewServer, startPreviewServer } from "./preview-server.ts";
export type { Assumption } from "../providers/assumptions.ts";
export { assumptionLines } from "./summary.ts";
