import { Images, type ImagesArgs } from "../../../components/images/index.ts";
import type { Refusal } from "./refusal.ts";

const good: ImagesArgs = { projectId: "my-project", location: "us", source: ".", tag: "1.0.0" };
const images = (when: string, args: Partial<ImagesArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new Images("mpegflow", { ...good, ...args }),
  subject: 'Images "mpegflow"',
  says,
});

export const imagesRefusals: Refusal[] = [
  images(
    "a tag that moves",
    { tag: "latest" },
    'tag: given "latest"; allowed: 1 to 128 characters of A-Z, a-z, 0-9, _, . and -, and not latest. ' +
      "Reason: a tag is used once and never moved. Fix: use the commit, or the version of a release",
  ),
  images(
    "sources at a place of one machine",
    { source: "/home/me/mpegflow" },
    'source: given "/home/me/mpegflow"; allowed: a directory relative to the program\'s. ' +
      'Reason: the state would have the path of one machine. Fix: write "." for the project\'s own',
  ),
  images(
    "a zone, a name that Artifact Registry would not take, and nothing that is kept",
    { location: "us-central1-a", repositoryId: "MpegFlow", keepVersions: 0, deleteAfterDays: 0 },
    'location: given "us-central1-a"; allowed: a region in lower case, "us", "europe" or "asia". Fix: name the place of the clusters: us for NAM4',
    'repositoryId: given "MpegFlow"; allowed: 1 to 56 characters of a-z, 0-9 and -, starting with a letter, not ending with -. Fix: give the repository a name of that form',
    "keepVersions: given 0; allowed: a whole number from 1 to 1000. Fix: use a number in that range",
    "deleteAfterDays: given 0; allowed: a whole number from 1 to 3650. Fix: use a number in that range",
  ),
];
