import { findMediaTools } from "../../sandbox/media/index.ts";
import type { Edition } from "./edition.ts";

/** Those that come with `npm ci`, and that `npm run local` takes where `PATH` has none. */
export const npmPackage: Edition = {
  name: "npm",
  description: "the npm packages', ffmpeg of 2018 and ffprobe of 2023",
  obtain: async () => {
    try {
      const { ffmpeg, ffprobe } = await findMediaTools({ report: () => undefined, searchPath: "" });
      return { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path };
    } catch {
      return "no package ships it for this platform";
    }
  },
};
