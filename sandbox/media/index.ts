export { findMediaTools } from "./find-media-tools.ts";
export type { MediaTool, MediaTools } from "./find-media-tools.ts";
