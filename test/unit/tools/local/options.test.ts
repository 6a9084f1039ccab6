import { describe, expect, it } from "vitest";
import { local } from "../../../../tools/local/command.ts";
import { directories } from "../../../../tools/cli/directories.ts";
import { givenBy, readCommandLine } from "../cli/world.ts";

const clip = directories.defaultClip;

describe("the options of npm run local", () => {
  it("are one job of the default clip, unless something else is asked for", async () => {
    expect(await givenBy(local)).toEqual({
      ...{ clip: undefined, config: [], jobs: 1, profile: undefined, json: false, open: false },
      kubernetes: false,
    });
    expect(
      await givenBy(
        local,
        ...["--jobs", "8", "--profile", "cmaf-h264", "--json", "--open", "--kubernetes"],
        ...["--config", "mpegflow-gcs:signer=SIGN_BLOB", clip],
      ),
    ).toEqual({
      ...{ clip, config: ["mpegflow-gcs:signer=SIGN_BLOB"], jobs: 8 },
      ...{ profile: "cmaf-h264", json: true, open: true, kubernetes: true },
    });
  });

  it("are refused with everything that is wrong", async () => {
    const wrong = ["--jobs", "0", "--profile", "No Profile", "--config", "signer", clip, "b.mp4"];
    expect((await readCommandLine(local, ...wrong)).problems).toEqual([
      '"b.mp4": too many arguments. The command takes one CLIP.',
      '--jobs: "0" is not a whole number from 1 to 100.',
      '--profile: "No Profile" is not the name of a profile, such as cmaf-h264.',
      '--config: "signer" is not NAME:KEY=VALUE, such as mpegflow-gcs:signer=SIGN_BLOB.',
    ]);
  });

  it("do not take an option that there is not", async () => {
    expect((await readCommandLine(local, "--job", "2")).problems).toContain(
      "unknown option --job. Did you mean --jobs?",
    );
  });
});
