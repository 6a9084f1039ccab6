import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { helmHistory } from "../../sandbox/providers/kubernetes/helm-history.ts";
import { serverObjects } from "../../sandbox/providers/kubernetes/server-objects.ts";
import { blocksOf } from "../unit/docs/pages.ts";
import { startTestPlane, type TestPlane } from "./support.ts";

let plane: TestPlane;
let kubeconfig: string;
beforeAll(async () => {
  plane = await startTestPlane();
  kubeconfig = join(plane.directory, "kubeconfig");
  writeFileSync(kubeconfig, plane.adminKubeconfig, { mode: 0o600 });
  await plane.admin.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "keda" } });
});
afterAll(() => plane.dispose());

const history = () =>
  helmHistory(serverObjects(plane.adminKubeconfig, {}), { namespace: "keda", name: "keda" });
const content = { chart: "keda", version: "2.20.2", values: {}, description: "" };

/** The runbook's own command of that kind, with what it leaves to its reader filled in. */
function run(verb: string, version = 0): string {
  const command = blocksOf("docs/runbooks/keda-upgrade.md")
    .flatMap(({ code }) => code.split("\n"))
    .find((line) => line.startsWith("kubectl") && line.includes(` ${verb} `));
  if (command === undefined) throw new Error(`the runbook has no command ${verb}`);
  const words = command.split(" ").slice(1);
  const filled = words.map((word) =>
    word === "CLUSTER" ? context() : word.replace("VERSION", String(version)),
  );
  return kubectl(filled);
}

const kubectl = (words: readonly string[]): string =>
  execFileSync("kubectl", words, { env: { ...process.env, KUBECONFIG: kubeconfig }, encoding: "utf8" });
const context = (): string => kubectl(["config", "current-context"]).trim();

describe("the runbook of KEDA's upgrades", () => {
  beforeEach(async () => {
    await history().write(1, "deployed", content);
    await history().write(2, "pending-upgrade", content);
  });

  it("shows which revision is pending", () => {
    const [head = "", ...rows] = run("get secrets").trim().split("\n");
    expect(head).toMatch(/VERSION\s+STATUS$/);
    expect(rows.map((row) => row.trim().split(/\s+/).slice(-2))).toEqual([
      ["1", "deployed"],
      ["2", "pending-upgrade"],
    ]);
  });

  it("takes it out of the way, and nothing else", async () => {
    expect(run("delete secret", 2)).toContain('"sh.helm.release.v1.keda.v2" deleted');
    expect(await history().newest(1)).toEqual({ number: 1, status: "deployed" });
  });
});
