import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goldenOf, goldenStacks } from "./golden.ts";
import { missingResources } from "./named-resources.ts";
import { pages, root, textOf } from "./pages.ts";
import { pageCommands } from "./shell.ts";

const commands = pages.flatMap(pageCommands);
const stacks = Object.fromEntries(goldenStacks.map((stack) => [stack, goldenOf(stack)]));
const inStack = (stack: string) => {
  const resources = stacks[stack];
  if (resources === undefined) throw new Error(`no golden of a stack "${stack}"`);
  return resources;
};

describe("a command of a page", () => {
  it("names only what its stack creates", () => {
    const wrong = commands.flatMap(({ where, stack, command }) =>
      missingResources(command, inStack(stack)).map(
        (problem) => `${where}: ${stack}: ${problem}: ${command}`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it("names resources in more than a few places, so that the check above has something to do", () => {
    const naming = commands.filter(({ command }) => missingResources(command, []).length > 0);
    expect(naming.length).toBeGreaterThan(15);
  });
});

describe("what a command names and the stack does not have", () => {
  it.each([
    [
      "a Deployment where encoders are Jobs",
      "kubectl scale deployment encoder --namespace mpegflow-encoders --replicas 16",
    ],
    ["a ScaledObject where there is a ScaledJob", "kubectl get scaledobjects --namespace mpegflow-encoders"],
    ["a namespace", "kubectl --context CLUSTER get pods --namespace encoders"],
    ["a name in the wrong namespace", "kubectl get scaledjob encoder --namespace mpegflow"],
    ["a kind that no table knows", "kubectl get statefulsets --namespace mpegflow"],
    ["a Helm release", "helm rollback keda-operator --namespace keda --wait"],
    [
      "the Secret of a Helm release",
      "kubectl delete secret --namespace keda sh.helm.release.v1.kedda.vVERSION",
    ],
    ["a subscription", "gcloud pubsub subscriptions pull mpegflow-job --limit 5"],
    ["a topic", "gcloud pubsub topics publish jobs --message x"],
    ["a cluster", "gcloud container clusters get-credentials mpegflow-us-west1 --location us-west1"],
    [
      "a cluster in another region",
      "gcloud container clusters get-credentials mpegflow-us-east1 --location us-central1",
    ],
    ["a node pool", "gcloud container clusters update mpegflow-us-east1 --node-pool gpu"],
    ["a bucket", "gcloud storage ls gs://mpegflow/outputs/"],
    ["a name within a query", "curl --data-urlencode 'query=x{subscription_id=\"mpegflow-job-queue\"}'"],
  ])("is said: %s", (_, command) => {
    expect(missingResources(command, inStack("prod"))).not.toEqual([]);
  });

  it.each([
    "kubectl patch scaledjob encoder --namespace mpegflow-encoders --type merge --patch '{}'",
    "gcloud pubsub subscriptions pull mpegflow-jobs --limit 5",
    "gcloud container clusters get-credentials CLUSTER --region us-central1",
    "gcloud storage ls gs://BUCKET/outputs/",
    "npm pack --workspace mpegflow-gcs",
  ])("is nothing where it is there, or a placeholder: %s", (command) => {
    expect(missingResources(command, inStack("prod"))).toEqual([]);
  });
});

it("The figures of region-outage.md are those of prod", () => {
  const golden = readFileSync(join(root, "test/slow/golden/prod.txt"), "utf8");
  const figures = (key: string) =>
    [...golden.matchAll(new RegExp(`^ +${key}: (\\d+)$`, "gm"))].map(([, figure]) => Number(figure));
  const clusters = goldenOf("prod").filter(({ kind }) => kind === "Cluster").length;
  const nodes = figures("totalMaxNodeCount").reduce((sum, figure) => sum + figure, 0) / clusters;
  const [encoders = 0] = figures("maxReplicaCount");
  const page = textOf("docs/runbooks/region-outage.md");
  expect(page).toContain(`at most ${nodes} nodes in each cluster, two encoders to a node`);
  expect(page).toContain(`${2 * nodes} encoders are the most`);
  expect(page).toContain(`"maxReplicaCount":${2 * nodes}}`);
  expect(page).toContain(`(${encoders} and ${Math.min(...figures("totalMaxNodeCount"))} in \`prod\`)`);
});
