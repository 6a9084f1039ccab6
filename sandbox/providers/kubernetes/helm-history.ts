import { gzipSync } from "node:zlib";
import { objectOf, textOf, type Properties } from "../values.ts";
import type { Objects } from "./cluster-objects.ts";
import type { ObjectKey } from "./cluster-objects.ts";

/** https://pkg.go.dev/helm.sh/helm/v3/pkg/release#Status */
export type ReleaseStatus =
  "deployed" | "failed" | "pending-install" | "pending-rollback" | "pending-upgrade" | "superseded";

/** One try to bring a release to a state. */
export interface Revision {
  readonly number: number;
  readonly status: ReleaseStatus;
}

/** A release as Helm keeps it. */
export interface ReleasePlace {
  readonly namespace: string;
  readonly name: string;
}

/** What Helm writes of a revision beside its status. */
export interface RevisionContent {
  readonly chart: string;
  readonly version: string;
  readonly values: Properties;
  readonly description: string;
}

const secretName = (name: string, revision: number): string => `sh.helm.release.v1.${name}.v${revision}`;

/**
 * A release's history as Helm keeps it: a Secret for each revision, whose label says what became of it. Nothing but the
 * program that made a revision changes its status: one that was killed leaves it pending.
 *
 * https://helm.sh/docs/topics/advanced/#storage-backends
 */
export function helmHistory(objects: Objects, { namespace, name }: ReleasePlace) {
  const keyOf = (revision: number): ObjectKey => ({
    apiVersion: "v1",
    kind: "Secret",
    namespace,
    name: secretName(name, revision),
  });

  const read = async (number: number): Promise<Revision | undefined> => {
    const secret = await objects.get(keyOf(number));
    const status = textOf(objectOf(objectOf(secret?.["metadata"])["labels"])["status"]);
    return status === undefined ? undefined : { number, status: status as ReleaseStatus };
  };

  const remove = async (number: number): Promise<boolean> => {
    const secret = await objects.get(keyOf(number));
    if (secret === undefined) return false;
    await objects.delete(keyOf(number), secret);
    return true;
  };

  return {
    /** The newest revision. @param known one that was there; there may be others after it, made by other hands */
    newest: async (known: number): Promise<Revision | undefined> => {
      let newest: Revision | undefined;
      let absent = 0;
      for (let number = Math.max(1, known); absent < farthestGap; number += 1) {
        const found = await read(number);
        newest = found ?? newest;
        absent = found === undefined ? absent + 1 : 0;
      }
      return newest;
    },
    /** The newest that is deployed, from `newest` downwards: that is what an upgrade takes the place of. */
    deployed: async (newest: number): Promise<Revision | undefined> => {
      let absent = 0;
      for (let number = newest; number > 0 && absent < farthestGap; number -= 1) {
        const found = await read(number);
        if (found?.status === "deployed") return found;
        absent = found === undefined ? absent + 1 : 0;
      }
      return undefined;
    },
    write: async (number: number, status: ReleaseStatus, content: RevisionContent): Promise<void> => {
      await objects.apply(keyOf(number), {
        apiVersion: "v1",
        kind: "Secret",
        type: "helm.sh/release.v1",
        metadata: {
          name: secretName(name, number),
          namespace,
          labels: { owner: "helm", name, version: String(number), status },
        },
        data: { release: encoded({ namespace, name }, number, status, content) },
      });
    },
    remove,
    /** Takes all revisions away, the newest first. */
    clear: async (newest: number): Promise<void> => {
      let absent = 0;
      for (let number = newest; number > 0 && absent < farthestGap; number -= 1)
        absent = (await remove(number)) ? 0 : absent + 1;
    },
  };
}

/** Largest gap between revisions: Secrets may have been deleted. */
const farthestGap = 3;

export const isPending = ({ status }: Revision): boolean => status.startsWith("pending-");

/** As Helm writes it, so that its own command can read it: JSON, compressed, in Base64, which a Secret encodes once more. */
function encoded(
  { namespace, name }: ReleasePlace,
  version: number,
  status: ReleaseStatus,
  { chart, version: chartVersion, values, description }: RevisionContent,
): string {
  const now = new Date().toISOString();
  const release = {
    name,
    namespace,
    version,
    info: { first_deployed: now, last_deployed: now, deleted: "", description, status },
    chart: { metadata: { name: chart, version: chartVersion, apiVersion: "v2" } },
    config: values,
    manifest: "",
  };
  const text = gzipSync(JSON.stringify(release)).toString("base64");
  return Buffer.from(text).toString("base64");
}
