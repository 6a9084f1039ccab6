import { describe, expect, test } from "vitest";
import { uploadJobsProblems, uploadVariables } from "../../../components/workloads/upload-jobs.ts";
import { uploadConfig } from "../../../services/coordinator/uploads/upload-config.ts";
import { coordinatorEnvironment } from "../../../services/environment/index.ts";
import { readValues } from "../../../services/environment/read.ts";

const uploads = { subscription: "mpegflow-uploads", prefix: "incoming/", outputPrefix: "encoded/" };

describe("Uploads that start jobs", () => {
  test("reach the coordinator as they were declared", () => {
    const declared = { ...uploads, suffixes: [".mov", ".mp4"], profile: "hls-h264" };
    const {
      MPEGFLOW_UPLOADS_SUBSCRIPTION,
      MPEGFLOW_UPLOADS_PREFIX,
      MPEGFLOW_UPLOADS_OUTPUT_PREFIX,
      MPEGFLOW_UPLOADS_SUFFIXES,
      MPEGFLOW_UPLOADS_PROFILE,
    } = coordinatorEnvironment;
    const table = {
      MPEGFLOW_UPLOADS_SUBSCRIPTION,
      MPEGFLOW_UPLOADS_PREFIX,
      MPEGFLOW_UPLOADS_OUTPUT_PREFIX,
      MPEGFLOW_UPLOADS_SUFFIXES,
      MPEGFLOW_UPLOADS_PROFILE,
    };
    const { values } = readValues(table, uploadVariables(declared) as Record<string, string>);
    expect(values && uploadConfig(values)).toEqual(declared);
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
