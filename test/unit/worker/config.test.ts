import { describe, expect, it } from "vitest";
import { readConfig } from "../../../services/worker/config.ts";

const minimal = { MPEGFLOW_COORDINATOR_URL: "https://coordinator:8443", MPEGFLOW_REGION: "us-central1" };

describe("the worker's configuration", () => {
  it("needs a coordinator and a region only", () => {
    expect(readConfig(minimal)).toMatchObject({
      coordinatorUrl: "https://coordinator:8443",
      region: "us-central1",
      ffmpeg: "ffmpeg",
      ffprobe: "ffprobe",
      ...{ input: "auto", paceShare: 0.05, isolation: "auto", setpriv: "setpriv" },
      graceSeconds: 20,
    });
  });

  it("names workers apart by host and process", () => {
    expect(readConfig(minimal).workerId).toContain(String(process.pid));
  });

  it("takes a URL with or without a slash at its end", () => {
    const config = readConfig({ ...minimal, MPEGFLOW_COORDINATOR_URL: "https://coordinator:8443/" });
    expect(config.coordinatorUrl).toBe("https://coordinator:8443");
  });

  it.each([
    ["http://coordinator:8080", false],
    ["http://10.0.0.7:8080", false],
    ["http://localhost.example.com:8080", false],
    ["http://127.0.0.1.example.com:8080", false],
    ["http://127.0.0.1:8080", true],
    ["http://localhost:8080", true],
    ["http://[::1]:8080", true],
    ["https://coordinator", true],
  ])("takes a coordinator at %s without being told that it may: %s", (url, isTaken) => {
    const given = { ...minimal, MPEGFLOW_COORDINATOR_URL: url };
    const read = () => readConfig(given).coordinatorUrl;
    if (isTaken) expect(read()).toBe(url);
    else expect(read).toThrow(/MPEGFLOW_COORDINATOR_URL is "http:.*must be https:.*in clear/);
    expect(readConfig({ ...given, MPEGFLOW_COORDINATOR_PLAINTEXT: "true" }).coordinatorUrl).toBe(url);
  });

  it("knows a coordinator by a file of authorities, by its absolute path", () => {
    const file = (name: string) => ({ ...minimal, MPEGFLOW_COORDINATOR_CA_FILE: name });
    expect(readConfig(minimal).coordinatorCaFile).toBeUndefined();
    expect(readConfig(file("/ca.crt")).coordinatorCaFile).toBe("/ca.crt");
    expect(() => readConfig(file("ca.crt"))).toThrow(/MPEGFLOW_COORDINATOR_CA_FILE is "ca.crt"/);
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

  it("has a mode that takes one job, and limits for ffmpeg and the disk", () => {
    expect(readConfig(minimal)).toMatchObject({ mode: "loop", scratchReserveMebibytes: 256 });
    expect(
      readConfig({
        ...minimal,
        MPEGFLOW_MODE: "once",
        MPEGFLOW_IDLE_SECONDS: "5",
        MPEGFLOW_FFMPEG_MEMORY_MIB: "2048",
        MPEGFLOW_PROFILES: "/profiles",
      }),
    ).toMatchObject({ mode: "once", idleSeconds: 5, ffmpegMemoryMebibytes: 2048, profiles: "/profiles" });
  });

  it("answers probes where it is told a port, and nowhere otherwise", () => {
    expect(readConfig(minimal).health).toBeUndefined();
    expect(readConfig({ ...minimal, MPEGFLOW_HEALTH_PORT: "8081" }).health).toEqual({
      host: "0.0.0.0",
      port: 8081,
    });
  });

  it("on a Spot node hands back in time, whatever grace is asked for", () => {
    const spot = { ...minimal, MPEGFLOW_SPOT: "true" };
    expect(readConfig({ ...spot, MPEGFLOW_GRACE_SECONDS: "600" }).graceSeconds).toBe(8);
    expect(readConfig({ ...spot, MPEGFLOW_GRACE_SECONDS: "3" }).graceSeconds).toBe(3);
  });

  it.each([
    ["MPEGFLOW_MODE", "twice", "must be loop or once"],
    ["MPEGFLOW_SPOT", "perhaps", "must be true or false"],
    ["MPEGFLOW_IDLE_SECONDS", "-1", "must be a number of seconds from 0 to 3600"],
    ["MPEGFLOW_ISOLATION", "on", "must be required, auto or off"],
    ["MPEGFLOW_FFMPEG_MEMORY_MIB", "1", "must be a number of MiB from 64 to 1048576"],
    ["MPEGFLOW_PROFILES", "profiles", "must be an absolute path"],
    ["MPEGFLOW_HEALTH_PORT", "0.5", "must be a port, a whole number from 1 to 65535"],
    ["MPEGFLOW_HEALTH_PORT", "http", "must be a port, a whole number from 1 to 65535"],
  ])("refuses %s=%s: %s", (name, value, reason) => {
    expect(() => readConfig({ ...minimal, [name]: value })).toThrow(`${name} is "${value}": ${reason}`);
  });

  it.each([
    ["MPEGFLOW_INPUT", "pipe", "must be auto, stream or download"],
    ["MPEGFLOW_PACE_SHARE", "0", "must be a number of shares of a bucket's rates from 0.0001 to 1"],
    ["MPEGFLOW_PACE_SHARE", "2", "must be a number of shares of a bucket's rates from 0.0001 to 1"],
  ])("refuses %s=%s with what is allowed", (name, value, allowed) => {
    expect(() => readConfig({ ...minimal, [name]: value })).toThrow(`${name} is "${value}": ${allowed}`);
  });

  it("takes the way to read inputs, and the share of a bucket's rates", () => {
    const given = { ...minimal, MPEGFLOW_INPUT: "download", MPEGFLOW_PACE_SHARE: "0.5" };
    expect(readConfig(given)).toMatchObject({ input: "download", paceShare: 0.5 });
  });
});
