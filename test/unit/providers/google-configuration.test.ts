import { expect, test } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { createProvider } from "../../../sandbox/providers/provider.ts";

const provider = createProvider(gcpModel, { cloudAddress: undefined, signal: new AbortController().signal });
const before = { project: "studio-media", region: "us-central1" };

/** Variables of https://www.pulumi.com/registry/packages/gcp/installation-configuration/ that a stack may set for the default provider. */
test.each(["skipRegionValidation", "disableGlobalProjectWarning"])(
  "the stack configuration gcp:%s is taken, and replaces nothing of a stack that is up",
  async (key) => {
    const after = { ...before, [key]: "true" };
    expect(provider.checkConfig(after).problems).toEqual([]);
    expect(await provider.diffConfig(before, after)).toEqual([{ path: key, kind: "add", replaces: false }]);
  },
);
