import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { reveal, type Properties } from "../../../sandbox/providers/values.ts";
import { connect, type Engine } from "./engine-client.ts";
import { projectId, startTestCloud, type TestCloud } from "./local-cloud.ts";

/**
 * Labels of a resource are the program's as far as it declares them, and nobody else's are touched:
 * https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/#labels_nodejs, and `SetLabelsDiff` in
 * google-beta/tpgresource/labels.go of github.com/hashicorp/terraform-provider-google-beta.
 */
const types: [string, Properties, string][] = [
  ["gcp:storage/bucket:Bucket", { name: "labelled", location: "EU" }, "labelled"],
  ["gcp:pubsub/topic:Topic", { name: "labelled" }, `projects/${projectId}/topics/labelled`],
  [
    "gcp:secretmanager/secret:Secret",
    { secretId: "labelled", replication: { auto: {} } },
    `projects/${projectId}/secrets/labelled`,
  ],
];

let cloud: TestCloud;
let gcp: Engine;
/** Makes what others make: without Pulumi's mark. */
let others: Engine;
beforeAll(async () => {
  cloud = await startTestCloud();
  gcp = await connect(gcpModel, cloud.addressFile, { project: projectId });
  others = await connect(gcpModel, cloud.addressFile, {
    project: projectId,
    addPulumiAttributionLabel: "false",
  });
});
afterAll(async () => {
  await gcp.close();
  await others.close();
  await cloud.close();
});

const labelsOf = (state: Properties) => ({
  labels: reveal(state["labels"] ?? {}),
  effectiveLabels: reveal(state["effectiveLabels"] ?? {}),
});

describe.each(types)("%s", (type, inputs, id) => {
  const target = { type };
  const declared = (labels: Properties): Properties => ({ ...inputs, labels });

  it("is refused with more labels than Google takes, that of the provider included", async () => {
    const labels = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, "x"]));
    await expect(gcp.make(target, declared(labels(64)))).rejects.toThrow("65 labels");
  });

  it("keeps, once it is imported, the labels that were made by hand, until they are declared", async () => {
    await others.make(target, declared({ owner: "playout", team: "video" }));
    const imported = await gcp.read(target, id);
    expect(labelsOf(imported.state)).toEqual({
      labels: {},
      effectiveLabels: { owner: "playout", team: "video" },
    });

    const first = await gcp.check(target, declared({ team: "news" }), imported.inputs);
    const updated = await gcp.update(target, imported, first.inputs);
    expect(labelsOf(updated.state)).toEqual({
      labels: { team: "news" },
      effectiveLabels: { owner: "playout", team: "news" },
    });

    const second = await gcp.check(target, inputs, updated.inputs);
    expect(labelsOf((await gcp.update(target, updated, second.inputs)).state)).toEqual({
      labels: {},
      effectiveLabels: { owner: "playout" },
    });
  });
});
