import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { cisGoogleCloud } from "../model/frameworks.ts";
import type { StackGraph, StackResource } from "../model/graph.ts";
import { GRANT, grantsOf, kubernetesMember } from "../model/iam.ts";
import {
  CLUSTER,
  COMPUTE,
  HMAC_KEY,
  KUBERNETES_SECRET,
  KUBERNETES_SERVICE_ACCOUNT,
  NODE_POOL,
  SECRET,
  SECRET_VERSION,
  SERVICE_ACCOUNT_KEY,
} from "../model/kinds.ts";
import { block, read, text, UNKNOWN, type Properties } from "../model/known.ts";
import { matches, resourceRule, stackRule } from "../model/rule.ts";

export const noServiceAccountKeys: ResourceValidationPolicy = resourceRule({
  name: "no-service-account-keys",
  family: "strict-broker",
  subject: "a service account key",
  tokens: SERVICE_ACCOUNT_KEY,
  displayName: "There are no service account keys",
  description: "No key file may be made for a service account.",
  severity: "critical",
  framework: cisGoogleCloud(
    "1.4",
    "Ensure That There Are Only GCP-Managed Service Account Keys for Each Service Account",
  ),
  url: "https://docs.cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
  reason: "a key file does not expire, works from anywhere, and nobody sees who copied it.",
  fix: "use Workload Identity, and sign URLs by IAM's signBlob (BrokerIdentity of mpegflow-gcs does)",
  *judge() {
    yield "would be a credential that never expires";
  },
});

/** Accounts that Google makes for a project and attaches to whatever says nothing else. */
const SHARED_ACCOUNT = /(-compute@developer|@appspot|@cloudservices)\.gserviceaccount\.com$/;

export const hmacKeysBelongToSigners: StackValidationPolicy = stackRule({
  name: "hmac-keys-belong-to-signers",
  family: "strict-broker",
  subject: "an HMAC key",
  tokens: HMAC_KEY,
  displayName: "HMAC keys belong to dedicated signers",
  description:
    "An HMAC key's service account must do nothing but sign: no shared account, attached to no machine, standing for no " +
    "pod, with no role on a project, folder or organisation.",
  severity: "critical",
  url: "https://docs.cloud.google.com/storage/docs/authentication/hmackeys",
  reason: "whoever has the secret may do everything that the account may do, until the key is deactivated.",
  fix: "make a service account for signing alone, with roles on the bucket only (BrokerIdentity of mpegflow-gcs does)",
  *judge(key, stack) {
    const email = text(key.props, "serviceAccountEmail");
    if (email === undefined) return;
    if (SHARED_ACCOUNT.test(email)) {
      yield `belongs to ${email}, which Google attaches to other things too`;
      return;
    }
    for (const use of stack.once(usesIn, usesIn).get(email) ?? []) yield `belongs to ${email}, which ${use}`;
  },
});

/** What else each account does, by its address. */
function usesIn(stack: StackGraph): ReadonlyMap<string, readonly string[]> {
  const uses = new Map<string, string[]>();
  const add = (email: string, use: string): void => {
    uses.set(email, [...(uses.get(email) ?? []), use]);
  };
  for (const resource of [...stack.ofKind(COMPUTE), ...stack.ofKind(NODE_POOL), ...stack.ofKind(CLUSTER)]) {
    const account = attachedAccount(resource);
    if (account !== undefined) add(account, `runs ${resource.name}`);
  }
  for (const { name, props } of stack.ofKind(KUBERNETES_SERVICE_ACCOUNT)) {
    const account = read(() =>
      text(block(block(props, "metadata") ?? {}, "annotations") ?? {}, "iam.gke.io/gcp-service-account"),
    );
    if (account !== UNKNOWN && account !== undefined) {
      add(account, `the Kubernetes service account ${name} stands for`);
    }
  }
  for (const grant of stack.ofKind(GRANT)) {
    if (!WIDE_GRANT.test(grant.type)) continue;
    for (const { role = "a role", members } of grantsOf(grant)) {
      for (const member of members) {
        const account = /^serviceAccount:(.*)$/.exec(member)?.[1];
        if (account !== undefined) add(account, `has ${role} by ${grant.name}`);
      }
    }
  }
  return uses;
}

/** Grants on a project, a folder or an organisation. */
const WIDE_GRANT = /:(projects|folder|organizations)\/|:index\/(project|folder|organization)Iam/;

/** The account that a machine, a node pool or a service runs as. */
function attachedAccount({ props }: StackResource): string | undefined {
  const places: readonly ((props: Properties) => string | undefined)[] = [
    (from) => text(from, "serviceAccount"),
    (from) => text(block(from, "nodeConfig") ?? {}, "serviceAccount"),
    (from) => text(block(from, "serviceAccount") ?? {}, "email"),
    (from) => text(block(from, "template") ?? {}, "serviceAccount"),
    (from) => text(block(block(from, "template") ?? {}, "template") ?? {}, "serviceAccount"),
  ];
  for (const place of places) {
    const account = read(() => place(props));
    if (account !== UNKNOWN && account !== undefined) return account;
  }
  return undefined;
}

interface CoordinatorSettings {
  readonly coordinators: readonly string[];
}

/** Roles that let one read what a secret holds, or give oneself that role. */
const READING_ROLES: ReadonlySet<string> = new Set([
  "roles/secretmanager.secretAccessor",
  "roles/secretmanager.admin",
  "roles/owner",
]);

export const hmacSecretsAreTheCoordinators: StackValidationPolicy = stackRule<CoordinatorSettings>({
  name: "hmac-secrets-are-the-coordinators",
  family: "strict-broker",
  subject: "an HMAC key",
  tokens: HMAC_KEY,
  displayName: "Only the coordinator reads HMAC secrets",
  description:
    "The secret of an HMAC key must be kept in Secret Manager, readable by the coordinator's principal and nobody else.",
  severity: "critical",
  url: "https://docs.cloud.google.com/secret-manager/docs/access-control",
  reason:
    "the secret signs for every object that its account can reach; only the coordinator decides who gets a URL.",
  fix: "grant roles/secretmanager.secretAccessor on that secret to the coordinator's principal alone",
  config: {
    coordinators: {
      type: "array",
      items: { type: "string" },
      default: ["*coordinator*", "*broker*"],
      description:
        "What coordinators are called: patterns with *, compared with the Kubernetes or Google service account of a member.",
    },
  },
  *judge(key, stack, settings) {
    for (const name of stack.once(kubernetesSecretsIn, kubernetesSecretsIn).get(key.urn) ?? []) {
      yield `has its secret in the Kubernetes Secret ${name}, where everybody who reads Secrets has it`;
    }
    const secrets = secretsHolding(key, stack);
    if (secrets.length === 0) return;
    const onSecret = secrets.flatMap((secret) => stack.referring(secret, GRANT, "secretId"));
    for (const grant of onSecret) {
      for (const member of readersBy(grant)) {
        if (!isCoordinator(member, settings)) yield `can be read by ${member}, by ${grant.name}`;
      }
    }
    for (const grant of stack.once(WIDE_GRANT, wideGrantsIn)) {
      for (const member of readersBy(grant)) {
        yield `can be read by ${member}, which may read every secret of the project by ${grant.name}`;
      }
    }
  },
});

function readersBy(grant: StackResource): string[] {
  return grantsOf(grant)
    .filter(({ role }) => role !== undefined && READING_ROLES.has(role))
    .flatMap(({ members }) => members);
}

function wideGrantsIn(stack: StackGraph): StackResource[] {
  return stack.ofKind(GRANT).filter(({ type }) => WIDE_GRANT.test(type));
}

/** Names of the Kubernetes Secrets whose values come from a resource, by its URN. */
function kubernetesSecretsIn(stack: StackGraph): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { name, propertyDependencies } of stack.ofKind(KUBERNETES_SECRET)) {
    const urns = new Set(
      Object.values(propertyDependencies).flatMap((sources) => sources.map(({ urn }) => urn)),
    );
    for (const urn of urns) names.set(urn, [...(names.get(urn) ?? []), name]);
  }
  return names;
}

/** The secrets of Secret Manager that hold a key's secret. */
function secretsHolding(key: StackResource, stack: StackGraph): StackResource[] {
  return (
    stack
      .once(versionsByKey, versionsByKey)
      .get(key.urn)
      ?.flatMap((version) => stack.referred(version, "secret", SECRET) ?? []) ?? []
  );
}

/** Versions of secrets whose data comes from a resource, by its URN. */
function versionsByKey(stack: StackGraph): ReadonlyMap<string, readonly StackResource[]> {
  const versions = new Map<string, StackResource[]>();
  for (const version of stack.ofKind(SECRET_VERSION)) {
    for (const { urn } of version.propertyDependencies["secretData"] ?? []) {
      versions.set(urn, [...(versions.get(urn) ?? []), version]);
    }
  }
  return versions;
}

function isCoordinator(member: string, { coordinators }: CoordinatorSettings): boolean {
  const whom = kubernetesMember(member);
  if (whom !== undefined) return whom.kind === "account" && matches(coordinators, whom.name);
  const account = /^serviceAccount:([^@]+)@/.exec(member)?.[1];
  return account !== undefined && matches(coordinators, account);
}
