import { describe, expect, it } from "vitest";
import { upOptions } from "../../../../tools/local/options.ts";
import { isSetupError } from "../../../../sandbox/process/index.ts";

describe("the options of npm run local", () => {
  it("are one job of the default clip, unless something else is asked for", () => {
    expect(upOptions([])).toEqual({
      ...{ clip: undefined, config: [], jobs: 1, profile: undefined, json: false, open: false },
      kubernetes: false,
    });
    expect(
      upOptions([
        ...["--jobs", "8", "--profile", "cmaf-h264", "--json", "--open", "--kubernetes"],
        ...["--config", "mpegflow-gcs:signer=SIGN_BLOB", "film.mov"],
      ]),
    ).toEqual({
      ...{ clip: "film.mov", config: ["mpegflow-gcs:signer=SIGN_BLOB"], jobs: 8 },
      ...{ profile: "cmaf-h264", json: true, open: true, kubernetes: true },
    });
  });

  it("are refused with everything that is wrong, and with what there is", () => {
    const wrong = ["--jobs", "0", "--profile", "No Profile", "--config", "signer", "a.mp4", "b.mp4"];
    let message = "";
    try {
      upOptions(wrong);
    } catch (error) {
      if (!isSetupError(error)) throw error;
      message = error.message;
    }
    expect(message).toContain('--jobs is "0": give a whole number from 1 to 100');
    expect(message).toContain("there are 2 files (a.mp4, b.mp4): give one clip");
    expect(message).toContain('--profile is "No Profile"');
    expect(message).toContain('--config is "signer": give NAME:KEY=VALUE');
    expect(message).toContain("npm run local -- [options] [CLIP]");
  });

  it("do not take an option that there is not", () => {
    expect(() => upOptions(["--job", "2"])).toThrow(/Unknown option '--job'[^]*--jobs N/);
  });
});
