import { describe, expect, it } from "vitest";
import { readConfig } from "../../../services/worker/config.ts";

const minimal = { MPEGFLOW_COORDINATOR_URL: "http://coordinator:8080", MPEGFLOW_REGION: "us-central1" };

describe("the worker's configuration", () => {
  it("needs a coordinator and a region only", () => {
    expect(readConfig(minimal)).toMatchObject({
      coordinatorUrl: "http://coordinator:8080",
      region: "us-central1",
      ffmpeg: "ffmpeg",
      ffprobe: "ffprobe",
      graceSeconds: 20,
    });
  });

  it("names workers apart by host and process", () => {
    expect(readConfig(minimal).workerId).toContain(String(process.pid));
  });

  it("takes a URL with or without a slash at its end", () => {
    const config = readConfig({ ...minimal, MPEGFLOW_COORDINATOR_URL: "http://coordinator:8080/" });
    expect(config.coordinatorUrl).toBe("http://coordinator:8080");
  });

  it("takes a variable that is set to nothing for not set", () => {
    expect(readConfig({ ...minimal, MPEGFLOW_FFMPEG: "" }).ffmpeg).toBe("ffmpeg");
  });

  it("tells everything that is wrong at once", () => {
    const wrong = {
      MPEGFLOW_COORDINATOR_URL: "coordinator:8080",
      MPEGFLOW_SCRATCH: "relative/path",
      MPEGFLOW_GRACE_SECONDS: "soon",
    };
    expect(() => readConfig(wrong)).toThrow(
      /MPEGFLOW_COORDINATOR_URL is "coordinator:8080"[^]*MPEGFLOW_REGION is not set[^]*MPEGFLOW_SCRATCH is "relative\/path"[^]*MPEGFLOW_GRACE_SECONDS is "soon"/,
    );
  });
});
