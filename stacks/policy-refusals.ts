import type { PlatformConfig, StackConfig } from "./config.ts";

/**
 * A configuration that the schema and the components take, and that the policy pack refuses in some environments. This is
 * the whole list: test/slow/matrix tries every two values of different keys in every environment.
 */
export interface PolicyRefusal {
  /** The keys and their values, in words. */
  readonly setting: string;
  readonly policy: string;
  /** The environments, by the name of their file in policy/environments/. */
  readonly environments: readonly string[];
  readonly reason: string;
  /** Whether a configuration is one of these. */
  readonly when: (config: StackConfig) => boolean;
}

const PRODUCTION = ["prod", "prod-eu"];
const KEPT = ["archive", "prod", "prod-eu", "staging"];
const AMERICAN = ["archive", "prod", "staging"];

/** In the order of docs/configuration.md. */
export const POLICY_REFUSALS: readonly PolicyRefusal[] = [
  {
    setting: "`disposable: true`",
    policy: "buckets-are-not-force-destroyed",
    environments: KEPT,
    reason: "such environments hold what cannot be made again: one command would delete it.",
    when: ({ disposable }) => disposable,
  },
  {
    setting: "`disposable: true` with `ownClusters`",
    policy: "clusters-are-protected",
    environments: KEPT,
    reason: "a change that replaces a cluster ends every job on it.",
    when: (config) => config.disposable && config.kind === "platform" && config.ownClusters !== undefined,
  },
  {
    setting:
      "`softDeleteRetentionSeconds: 0`, and `disposable: true`, with which no bucket keeps deleted objects by default",
    policy: "buckets-keep-deleted-objects",
    environments: KEPT,
    reason: "an object deleted by mistake could not be restored.",
    when: ({ disposable, softDeleteRetentionSeconds }) => disposable || softDeleteRetentionSeconds === 0,
  },
  {
    setting: "a `placement`, or a `location` below `audit` or `history`, outside the United States",
    policy: "data-stays-where-allowed",
    environments: AMERICAN,
    reason: "the environment's file allows `us`, `us-*` and `NAM4`: change `allowedLocations` there to move.",
    when: (config) => locationsOf(config).some((location) => !/^(us|us-.*|nam4)$/i.test(location)),
  },
  {
    setting: "a `placement`, or a `location` below `audit` or `history`, outside Europe",
    policy: "data-stays-where-allowed",
    environments: ["prod-eu"],
    reason: "the environment's file allows `europe`, `europe-*`, `EU` and `EUR4`.",
    when: (config) => locationsOf(config).some((location) => !/^(europe|europe-.*|eu|eur4)$/i.test(location)),
  },
  {
    setting: "`egress.publicAddresses: true`",
    policy: "workers-reach-named-hosts",
    environments: PRODUCTION,
    reason:
      "a file that takes a worker over could send media anywhere: name `ranges` or `hosts`. Elsewhere the policy says so, and refuses nothing.",
    when: (config) => config.kind === "platform" && config.egress?.publicAddresses === true,
  },
  {
    setting: "no `encryption`; a stack of the kind `archive`",
    policy: "customer-managed-keys-where-asked",
    environments: PRODUCTION,
    reason: "production encrypts buckets and topics with customer-managed keys, which can be revoked.",
    when: (config) => config.kind === "archive" || config.encryption === undefined,
  },
  {
    setting: "no `audit`; a stack of the kind `archive`",
    policy: "data-access-is-logged",
    environments: PRODUCTION,
    reason:
      "without the logs nobody can find out who read which object. Where another stack of the project logs, except this one's bucket.",
    when: (config) =>
      config.kind === "archive" || config.audit === undefined || config.audit.manageDataAccessLogs === false,
  },
  {
    setting: "`audit.exemptedMembers`",
    policy: "data-access-is-logged",
    environments: PRODUCTION,
    reason:
      "what an exempted member reads leaves no trace. Except the bucket where the member's requests are too many to keep.",
    when: (config) => config.kind === "platform" && config.audit?.exemptedMembers !== undefined,
  },
  {
    setting: "`audit.destinations.archiveBucket` without `locked`",
    policy: "audit-archives-are-locked",
    environments: PRODUCTION,
    reason: "an attacker could shorten the retention to remove traces.",
    when: (config) => {
      const archive = config.kind === "platform" ? config.audit?.destinations?.archiveBucket : undefined;
      return archive !== undefined && archive.locked !== true;
    },
  },
  {
    setting:
      "an `archive` step that holds for `temporaryPrefixes` which are deleted before the class's minimum duration",
    policy: "cold-objects-live-long-enough",
    environments: KEPT,
    reason:
      "the rest of the minimum duration is billed: name the step's `prefixes`. The component warns of it with figures.",
    when: ({ archive = [], temporaryPrefixes = [] }) => archive.length > 0 && temporaryPrefixes.length > 0,
  },
  {
    setting: "`temporaryPrefixes` that are deleted before `retention` lets them",
    policy: "bucket-retention-holds",
    environments: ["archive", "dev", "local", "prod", "prod-eu", "staging"],
    reason: "Cloud Storage does not delete what it retains: the rule would do nothing until then.",
    when: (config) =>
      config.kind === "archive" &&
      (config.temporaryPrefixes ?? []).some(
        ({ expireAfterDays }) => expireAfterDays * 86_400 < (config.retention?.retentionPeriodSeconds ?? 0),
      ),
  },
  {
    setting: "`delivery.caching.missingSeconds` over 10",
    policy: "misses-are-forgotten-soon",
    environments: KEPT,
    reason:
      "a player asks for a live segment the moment it should be there, and gets the 404 for so long. For videos on demand raise the policy's `maxSeconds`.",
    when: (config) => config.kind === "platform" && (config.delivery?.caching?.missingSeconds ?? 0) > 10,
  },
  {
    setting: "`coordinatorTls.plaintext`",
    policy: "coordinators-are-spoken-to-by-tls",
    environments: PRODUCTION,
    reason:
      "what is said by HTTP is there for whoever reads along. While a stack comes to TLS, name its coordinators in the policy's `exceptions`.",
    when: (config) => config.kind === "platform" && config.coordinatorTls?.plaintext === true,
  },
  {
    setting: "`images` that are named by tags",
    policy: "images-are-pinned-by-digest",
    environments: PRODUCTION,
    reason:
      "whoever may push can move a tag: give digests, which `imagesByDigest` asks for in every preview.",
    when: (config) =>
      config.kind === "platform" &&
      Object.values(config.images ?? {}).some((image) => !image.includes("@sha256:")),
  },
  {
    setting:
      "`iamMembers` that name a Kubernetes service account whose name has `worker`, `encoder` or `transcod`",
    policy: "workers-hold-no-roles",
    environments: ["archive", "dev", "local", "prod", "prod-eu", "staging"],
    reason:
      "workers parse hostile media and get signed URLs only. Call another program's account otherwise, or change the policy's `workers`.",
    when: ({ iamMembers = [] }) =>
      iamMembers.some(({ member }) => /\/ns\/[^/]+\/sa\/[^/]*(worker|encoder|transcod)[^/]*$/.test(member)),
  },
];

/** Where a configuration puts data. */
function locationsOf(config: StackConfig): string[] {
  const { location, dataLocations, regions } = config.placement;
  const own = [dataLocations === undefined ? location : [], dataLocations ?? [], regions].flat();
  return config.kind === "platform" ? [...own, ...destinationsOf(config)] : own;
}

function destinationsOf({ audit, history }: PlatformConfig): string[] {
  const { logBucket, bigQuery } = audit?.destinations ?? {};
  return [logBucket?.location, bigQuery?.location, history?.bigQuery?.location].filter(
    (location) => location !== undefined,
  );
}
