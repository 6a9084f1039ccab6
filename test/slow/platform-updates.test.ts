import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Effect } from "../../stacks/codecs.ts";
import { describeEffect } from "../../tools/docs/configuration-table.ts";
import { SETTINGS, SETTINGS_OF, type SettingKey, type StackKind } from "../../stacks/settings.ts";
import { openTestEngine, type PreviewDigest, type TestEngine } from "../engine/support.ts";
import { projectId, projectNumber, startTestCloud, type TestCloud } from "../unit/providers/local-cloud.ts";
import { DATA_BEARING, openConfiguredStack, type ConfiguredStack, type Values } from "./stack-world.ts";

const digest = (digit: string) => `registry/program@sha256:${digit.repeat(64)}`;
/** A platform that is up. */
const base = {
  projectId,
  projectNumber,
  placement: "us-central1+us-west1",
  clusters: [{ region: "us-central1", context: "central" }],
  images: { coordinator: digest("a"), worker: digest("b") },
  signer: "HMAC",
  hmacKeys: [{ name: "a" }, { name: "b" }],
} satisfies Values;

/** Another value of each key; `kind` changes what the other keys may be, too. */
const CHANGES: Readonly<Record<SettingKey, Values>> = {
  kind: { kind: "archive" },
  name: { name: "another" },
  projectId: { projectId: "another-project" },
  projectNumber: { projectNumber: "987654321098" },
  labels: { labels: { team: "video" } },
  disposable: {},
  placement: { placement: "us-central1+us-east4" },
  firstRegion: { firstRegion: "us-west1" },
  bucketName: { bucketName: "another-media" },
  archive: { archive: [{ to: "NEARLINE", afterDays: 30 }] },
  clusters: { clusters: [{ region: "us-central1", context: "another" }] },
  ownClusters: {
    clusters: [{ region: "us-central1" }],
    ownClusters: { encoderPools: [{ name: "spot", machineType: "c3d-standard-16", maxNodes: 20 }] },
  },
  egress: { egress: { ranges: ["52.216.0.0/15"], hosts: ["partner.s3.us-east-1.amazonaws.com"] } },
  keda: { keda: { namespace: "scaling" } },
  scaling: { scaling: { kind: "SCALED_OBJECT" } },
  workerPlacement: { workerPlacement: { spot: true } },
  inputPrefixes: { inputPrefixes: ["mezzanines/"] },
  outputPrefixes: { outputPrefixes: ["outputs/"] },
  clients: { clients: { serviceAccounts: [{ namespace: "cms", name: "publisher" }] } },
  images: { images: { coordinator: digest("c"), worker: digest("d") } },
  buildImages: { images: undefined, buildImages: { location: "us", tag: "3f1c2aa" } },
  imagesByDigest: { imagesByDigest: true },
  coordinatorReplicas: { coordinatorReplicas: 3 },
  workerReplicas: { workerReplicas: 3 },
  profiles: { profiles: { "news-fast": "name: news-fast\n" } },
  worker: { worker: { cpu: "2", memory: "2Gi", scratch: "10Gi" } },
  leaseSeconds: { leaseSeconds: 120 },
  urlTtlSeconds: { urlTtlSeconds: 600 },
  maxAttempts: { maxAttempts: 3 },
  coordinatorTls: { coordinatorTls: { plaintext: true } },
  backlog: { backlog: 8 },
  webhooks: { webhooks: [{ name: "orders", endpoint: "https://hooks.example.com/mpegflow" }] },
  history: {
    history: { bigQuery: { location: "US" }, storage: { bucket: "my-project-history" } },
  },
  uploads: { uploads: { prefix: "incoming/", outputPrefix: "encoded/" } },
  encryption: { encryption: {} },
  audit: {
    audit: {
      destinations: { logBucket: {}, archiveBucket: {}, bigQuery: {} },
      alerts: { notificationChannels: ["projects/my-project/notificationChannels/1"] },
    },
  },
  delivery: { delivery: { domains: ["media.example.com"] } },
  // Keys that stay would be those that the earlier signer has left.
  signer: { signer: "SIGN_BLOB", hmacKeys: undefined },
  separateSigners: { separateSigners: true },
  hmacKeys: { hmacKeys: [{ name: "a" }, { name: "b" }, { name: "c" }] },
  activeHmacKey: { activeHmacKey: "b" },
  autoclass: { autoclass: {} },
  softDeleteRetentionSeconds: { softDeleteRetentionSeconds: 1_209_600 },
  versioning: { versioning: true },
  temporaryPrefixes: { temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 2 }] },
  objectRetention: { objectRetention: true },
  cors: { cors: [{ origins: ["https://studio.example.com"], methods: ["GET"] }] },
  ipFilter: { ipFilter: { publicIpCidrRanges: ["192.0.2.0/24"] } },
  accessLogs: { accessLogs: { bucketName: "my-project-access-logs" } },
  iamMembers: {
    iamMembers: [
      { name: "readers", role: "roles/storage.objectViewer", member: "group:playout@example.com" },
    ],
  },
  retention: { retention: { retentionPeriodSeconds: 86_400 } },
  defaultEventBasedHold: { defaultEventBasedHold: true },
  migration: {
    migration: {
      source: { bucketName: "studio-archive" },
      waves: [{ name: "all" }],
      schedule: { startDate: "2027-01-15" },
      follow: { replaceBucketNotifications: true },
    },
  },
};

/** What a disposable stack refuses, because a bucket with held objects cannot be deleted. */
const ONLY_KEPT: readonly SettingKey[] = ["retention", "defaultEventBasedHold"];

/** What a stack that signs without keys, as the kept one does, refuses. */
const ONLY_DISPOSABLE: readonly SettingKey[] = ["activeHmacKey"];

/** The kind of the stacks that a key is tried on. */
const kindOf = (key: SettingKey): StackKind =>
  Object.hasOwn(SETTINGS_OF.platform, key) ? "platform" : "archive";

let engine: TestEngine;
let cloud: TestCloud;
type Pair = Readonly<Record<"disposable" | "kept", ConfiguredStack & { readonly values: Values }>>;
let stacks: Readonly<Record<StackKind, Pair>>;
beforeAll(async () => {
  engine = await openTestEngine();
  cloud = await startTestCloud();
  const opened = async (name: string, values: Values) => {
    const stack = await openConfiguredStack(engine, name, cloud.addressFile);
    const { exitCode, stdout, stderr } = await stack.up(values);
    expect(exitCode, stdout + stderr).toBe(0);
    return { ...stack, values };
  };
  stacks = {
    platform: {
      disposable: await opened("disposable", disposableValues),
      kept: await opened("kept", keptValues),
    },
    archive: {
      disposable: await opened("disposable-archive", {
        ...archiveBase,
        name: "archive-gone",
        disposable: true,
      }),
      kept: await opened("kept-archive", { ...archiveBase, name: "archive-kept" }),
    },
  };
});
afterAll(async () => {
  await cloud.close();
  engine.dispose();
});

const archiveBase: Values = { kind: "archive", projectId, projectNumber, placement: "us-central1" };
const disposableValues: Values = { ...base, disposable: true };
/** Beside the other stack in the same project: another name and another cluster; and the other kind of signer. */
const keptValues: Values = {
  ...base,
  name: "kept",
  clusters: [{ region: "us-central1", context: "kept" }],
  signer: "SIGN_BLOB",
  hmacKeys: undefined,
};

/** The configuration with one key changed, and without the keys that the kind then does not have. */
function changed(values: Values, key: SettingKey): Values {
  if (key === "disposable") return { ...values, disposable: values.disposable !== true };
  const all: Values = { ...values, ...CHANGES[key] };
  const known = Object.keys(SETTINGS_OF[all.kind === "archive" ? "archive" : "platform"]);
  return Object.fromEntries(
    Object.entries(all).filter(([one, value]) => value !== undefined && known.includes(one)),
  );
}

type Plan = Readonly<Record<"create" | "delete" | "replace" | "update" | "same", readonly string[]>>;

/** As the settings name it: without its module, but for the Secrets of a cluster, which hold no data of their own. */
const shortType = (type: string): string =>
  type === "kubernetes:core/v1:Secret" ? "Kubernetes Secret" : (type.split(":").pop() ?? "");

/** Types of resources by what a plan does to them; providers and components are not resources of a cloud. */
function planOf({ steps }: PreviewDigest): Plan {
  const found = steps.flatMap(({ op, urn }) => {
    const type = (urn.split("::")[2] ?? "").split("$").pop() ?? "";
    return /^(pulumi:|mpegflow-gcs:)/.test(type) ? [] : [{ op, type: shortType(type) }];
  });
  const typesOf = (wanted: string) =>
    [...new Set(found.filter(({ op }) => op === wanted).map(({ type }) => type))].sort();
  return {
    create: typesOf("create"),
    delete: typesOf("delete"),
    replace: typesOf("replace"),
    update: typesOf("update"),
    same: typesOf("same"),
  };
}

/** What a plan has to be for an effect; what is not named may be anything. */
function planned(effect: Effect): Partial<Plan> {
  switch (effect.kind) {
    case "nothing":
      return { create: [], delete: [], replace: [], update: [] };
    case "in place":
      return { create: [], delete: [], replace: [], update: effect.of };
    case "adds or removes":
      return { replace: [] };
    case "replaces":
      return effect.of.includes("everything")
        ? { replace: [], update: [], same: [] }
        : { create: effect.adds ?? [], delete: [], replace: effect.of };
  }
}

describe.each(Object.keys(SETTINGS) as SettingKey[])("a change of %s", (key) => {
  const { effect } = SETTINGS[key].text;
  let kept: PreviewDigest;
  beforeAll(async () => {
    const pair = stacks[kindOf(key)];
    const stack = ONLY_DISPOSABLE.includes(key) ? pair.disposable : pair.kept;
    kept = await stack.preview(changed(stack.values, key));
  });

  it(describeEffect(effect), async () => {
    const { disposable } = stacks[kindOf(key)];
    const digest = ONLY_KEPT.includes(key) ? kept : await disposable.preview(changed(disposable.values, key));
    expect(digest.exitCode, digest.stderr + JSON.stringify(digest.diagnostics)).toBe(0);
    const plan = planOf(digest);
    expect(plan).toMatchObject(planned(effect));
    if (effect.kind === "adds or removes") {
      // Which of them, the kind of signer decides: each type comes or goes with one of the two.
      const other = planOf(kept);
      const types = [...plan.create, ...plan.delete, ...other.create, ...other.delete];
      expect([...new Set(types)].sort()).toEqual(effect.of);
      expect(other.replace).toEqual([]);
    }
  });

  const refused = effect.kind === "replaces" && effect.unlessDisposable === "refused";
  it(`of a stack that keeps its data ${refused ? "is refused" : "deletes and replaces nothing that holds any"}`, () => {
    const { exitCode, diagnostics } = kept;
    expect(exitCode !== 0, JSON.stringify(diagnostics)).toBe(refused);
    if (refused) {
      expect(diagnostics.map(({ message }) => message).join("\n")).toContain("protect");
      return;
    }
    const { replace, delete: deleted } = planOf(kept);
    expect([...replace, ...deleted].filter((type) => DATA_BEARING.test(type))).toEqual([]);
  });
});
