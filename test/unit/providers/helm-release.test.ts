import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openCloud } from "../../../sandbox/providers/cloud.ts";
import { objectsOf } from "../../../sandbox/providers/kubernetes/cluster.ts";
import { type Objects } from "../../../sandbox/providers/kubernetes/cluster-objects.ts";
import { helmReleaseWith } from "../../../sandbox/providers/kubernetes/helm-release.ts";
import type { Context, Live } from "../../../sandbox/providers/model.ts";
import { objectOf, type Properties } from "../../../sandbox/providers/values.ts";
import { startTestCloud, type TestCloud } from "./local-cloud.ts";

let cloud: TestCloud;
let objects: Objects;
let context: Context;
let name = "";
let count = 0;
beforeAll(async () => {
  cloud = await startTestCloud();
  context = {
    config: { context: "east" },
    name: "keda",
    cloud: () => openCloud(cloud.addressFile),
    timeoutSeconds: undefined,
    signal: new AbortController().signal,
    report: () => undefined,
  };
  objects = await objectsOf(context);
});
afterAll(() => cloud.close());
beforeEach(() => {
  count += 1;
  name = `keda-${count}`;
});

const inputsOf = (replicas: number, rest: Properties = {}): Properties => ({
  chart: "keda",
  version: "2.20.2",
  name,
  namespace: "keda",
  values: { operator: { replicaCount: replicas } },
  ...rest,
});
const runs = helmReleaseWith(() => Promise.resolve(true));
const fails = helmReleaseWith(() => Promise.reject(new Error("the operator does not start")));
/** As a process that is killed: the step never ends. */
const killed = helmReleaseWith(() => new Promise(() => undefined));

const secretOf = (revision: number) => ({
  apiVersion: "v1",
  kind: "Secret",
  namespace: "keda",
  name: `sh.helm.release.v1.${name}.v${revision}`,
});
const statusOf = async (revision: number): Promise<unknown> => {
  const secret = await objects.get(secretOf(revision));
  return objectOf(objectOf(secret?.["metadata"])["labels"])["status"];
};
const statuses = (...revisions: number[]): Promise<unknown[]> => Promise.all(revisions.map(statusOf));
const update = (live: Live, inputs: Properties, model = runs): Promise<Live> =>
  model.update(live.id, inputs, { inputs: inputsOf(2), state: live.properties }, context);
const isWritten = async (revision: number, status: string): Promise<void> => {
  while ((await statusOf(revision)) !== status) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe("a Helm release", () => {
  it("keeps a Secret for each revision, as Helm does", async () => {
    const made = await runs.create(inputsOf(2), context);
    expect(made.properties["status"]).toMatchObject({ status: "deployed", revision: 1 });
    const updated = await update(made, inputsOf(1));
    expect(updated.properties["status"]).toMatchObject({ revision: 2 });
    expect(await statuses(1, 2)).toEqual(["superseded", "deployed"]);
  });

  it("keeps no more of them than it is told to", async () => {
    let live = await runs.create(inputsOf(2, { maxHistory: 2 }), context);
    for (const replicas of [1, 3, 4]) live = await update(live, inputsOf(replicas, { maxHistory: 2 }));
    expect(await statuses(1, 2, 3, 4)).toEqual([undefined, undefined, "superseded", "deployed"]);
  });

  it("takes all of them away with itself", async () => {
    const made = await runs.create(inputsOf(2), context);
    const updated = await update(made, inputsOf(1));
    await runs.delete(updated.id, { inputs: inputsOf(1), state: updated.properties }, context);
    expect(await statuses(1, 2)).toEqual([undefined, undefined]);
  });

  it("is refused where the name is in use", async () => {
    await runs.create(inputsOf(2), context);
    await expect(runs.create(inputsOf(2), context)).rejects.toThrow(
      "cannot re-use a name that is still in use",
    );
  });
});

describe("a release whose upgrade was killed", () => {
  const interrupted = async (): Promise<Live> => {
    const made = await runs.create(inputsOf(2, { atomic: true }), context);
    void update(made, inputsOf(1, { atomic: true }), killed);
    await isWritten(2, "pending-upgrade");
    return made;
  };

  it("stays pending, and refuses every later update, as Helm does", async () => {
    const live = await interrupted();
    for (const replicas of [1, 2]) {
      await expect(update(live, inputsOf(replicas))).rejects.toThrow(
        "another operation (install/upgrade/rollback) is in progress",
      );
    }
    expect(await statuses(1, 2)).toEqual(["deployed", "pending-upgrade"]);
  });

  it("is updated again once the pending revision's Secret is gone", async () => {
    const live = await interrupted();
    await objects.delete(secretOf(2), {});
    const updated = await update(live, inputsOf(1));
    expect(updated.properties["status"]).toMatchObject({ status: "deployed", revision: 2 });
    expect(await statuses(1, 2)).toEqual(["superseded", "deployed"]);
  });

  it("is updated again after a rollback by Helm's own command", async () => {
    const live = await interrupted();
    const labels = { owner: "helm", name, status: "deployed", version: "3" };
    const kind = { apiVersion: "v1", kind: "Secret" };
    await objects.apply(secretOf(3), {
      ...kind,
      metadata: { name: secretOf(3).name, namespace: "keda", labels },
    });
    const updated = await update(live, inputsOf(1));
    expect(updated.properties["status"]).toMatchObject({ revision: 4 });
  });

  it("is installed again where it was killed in its first install", async () => {
    void killed.create(inputsOf(2), context);
    await isWritten(1, "pending-install");
    await expect(runs.create(inputsOf(2), context)).rejects.toThrow("cannot re-use a name");
    await objects.delete(secretOf(1), {});
    expect((await runs.create(inputsOf(2), context)).properties["status"]).toMatchObject({ revision: 1 });
  });
});

describe("a release that fails", () => {
  it("is rolled back where it is atomic, and can be updated again", async () => {
    const made = await runs.create(inputsOf(2), context);
    const asked: Properties[] = [];
    const rollsBack = helmReleaseWith((inputs) => {
      asked.push(inputs);
      return asked.length === 1 ? Promise.reject(new Error("no room")) : Promise.resolve(true);
    });
    const wanted = inputsOf(9, { atomic: true });
    await expect(update(made, wanted, rollsBack)).rejects.toThrow("no room");
    expect(asked).toEqual([wanted, inputsOf(2)]);
    expect(await statuses(2, 3)).toEqual(["failed", "deployed"]);
    expect((await update(made, inputsOf(1))).properties["status"]).toMatchObject({ revision: 4 });
  });

  it("stays failed where it is not, and can be updated again", async () => {
    const made = await runs.create(inputsOf(2), context);
    await expect(update(made, inputsOf(9), fails)).rejects.toThrow("the operator does not start");
    expect(await statuses(1, 2)).toEqual(["deployed", "failed"]);
    await update(made, inputsOf(1));
    expect(await statuses(1, 2, 3)).toEqual(["superseded", "failed", "deployed"]);
  });

  it("leaves nothing of a first install that is atomic, and is kept as it is otherwise", async () => {
    await expect(fails.create(inputsOf(2, { atomic: true }), context)).rejects.toThrow("does not start");
    expect(await statusOf(1)).toBeUndefined();
    expect(await fails.create(inputsOf(2), context)).toMatchObject({
      unready: "the operator does not start",
    });
    expect(await statusOf(1)).toBe("failed");
  });
});
