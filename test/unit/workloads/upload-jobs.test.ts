import { describe, expect, test } from "vitest";
import { uploadJobsProblems, uploadVariables } from "../../../components/workloads/upload-jobs.ts";
import { uploadConfig } from "../../../services/coordinator/uploads/upload-config.ts";

const uploads = { subscription: "mpegflow-uploads", prefix: "incoming/", outputPrefix: "encoded/" };

describe("Uploads that start jobs", () => {
  test("reach the coordinator as they were declared", () => {
    const declared = { ...uploads, suffixes: [".mov", ".mp4"], profile: "hls-h264" };
    expect(uploadConfig(uploadVariables(declared) as Record<string, string>)).toEqual(declared);
  });

  test("are none unless declared", () => {
    expect(uploadVariables(undefined)).toEqual({});
  });

  test("may not have outputs that start jobs", () => {
    expect(uploadJobsProblems(uploads)).toEqual([]);
    expect(uploadJobsProblems({ ...uploads, outputPrefix: "incoming/encoded/" })).toMatchObject([
      { path: "uploads.outputPrefix", given: '"incoming/encoded/"' },
    ]);
  });
});
