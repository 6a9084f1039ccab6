import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { cisGoogleCloud } from "../model/frameworks.ts";
import type { StackGraph } from "../model/graph.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { accountName, accountOf, accountsAt } from "../model/accounts.ts";
import { grantsOf, grantsOnResource, hasUnknownMembers, wideGrantsIn, wideGrantsOn } from "../model/iam.ts";
import {
  HMAC_KEY,
  INSTANCE_TEMPLATE,
  KUBERNETES_SECRET,
  KUBERNETES_SERVICE_ACCOUNT,
  SECRET,
  SECRET_VERSION,
  SERVICE_ACCOUNT_KEY,
} from "../model/kinds.ts";
import { read, text } from "../model/known.ts";
import { kubernetesMember } from "../model/kubernetes-members.ts";
import { matches } from "../model/patterns.ts";
import { READ_SECRETS } from "../model/powers.ts";
import { PROGRAM } from "../model/programs.ts";
import { grantsOfPower } from "../model/roles.ts";
import { cannotJudge, resourceRule, stackRule, type CannotJudge, type Finding } from "../model/rule.ts";
import { ACCOUNT_ANNOTATION } from "../model/charts.ts";
import { accountsOfProgram, accountsOfTemplate } from "../model/running.ts";
import { NOT_KNOWN_YET } from "../model/unjudged.ts";
import { copiesOf } from "./hmac-copies.ts";

export const noServiceAccountKeys: ResourceValidationPolicy = resourceRule({
  name: "no-service-account-keys",
  family: "strict-broker",
  subject: "a service account key",
  tokens: SERVICE_ACCOUNT_KEY,
  displayName: "There are no service account keys",
  description: "No service account may have a key file.",
  severity: "critical",
  framework: cisGoogleCloud(
    "1.4",
    "Ensure That There Are Only GCP-Managed Service Account Keys for Each Service Account",
  ),
  url: "https://docs.cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
  reason: "a key file does not expire, works from anywhere, and nobody sees who copied it.",
  fix: "use Workload Identity, and sign URLs with IAM's signBlob (BrokerIdentity of mpegflow-gcs does)",
  *judge() {
    yield "would be a credential that never expires";
  },
});

/** Default service accounts of a project, attached to resources that name none. */
const SHARED_ACCOUNT = /(-compute@developer|@appspot|@cloudservices)\.gserviceaccount\.com$/;

export const hmacKeysBelongToSigners: StackValidationPolicy = stackRule({
  name: "hmac-keys-belong-to-signers",
  family: "strict-broker",
  subject: "an HMAC key",
  tokens: HMAC_KEY,
  displayName: "HMAC keys belong to dedicated signers",
  description:
    "An HMAC key's service account must do nothing but sign: it must not be shared, run a machine, be bound to a pod, or have a " +
    "role on a project, folder or organisation.",
  severity: "critical",
  url: "https://docs.cloud.google.com/storage/docs/authentication/hmackeys",
  reason: "whoever has the secret can do everything that the account can, until the key is deactivated.",
  fix: "create a service account for signing alone, with roles on the bucket only (BrokerIdentity of mpegflow-gcs does)",
  *judgeAlone({ props }) {
    const email = read(() => text(props, "serviceAccountEmail"));
    if (typeof email === "string" && SHARED_ACCOUNT.test(email)) {
      yield `belongs to ${email}, which Google attaches to other things too`;
    }
  },
  *judge(key, stack) {
    const { accounts, unknown } = accountsAt(key, "serviceAccountEmail", stack);
    const uses = stack.once(usesIn, usesIn);
    for (const account of accounts) {
      const name = accountName(account, stack);
      for (const use of uses.get(account) ?? []) yield `belongs to ${name}, which ${use}`;
    }
    if (unknown) yield cannotJudge(NOT_KNOWN_YET);
  },
});

/** Other uses of each account, by its key. */
function usesIn(stack: StackGraph): ReadonlyMap<string, readonly string[]> {
  const uses = new Map<string, string[]>();
  const add = (accounts: readonly string[], use: string): void => {
    for (const account of accounts) uses.set(account, [...(uses.get(account) ?? []), use]);
  };
  for (const resource of stack.ofKind(PROGRAM)) {
    add(accountsOfProgram(resource, stack)?.accounts ?? [], `runs ${resource.name}`);
  }
  for (const template of stack.ofKind(INSTANCE_TEMPLATE)) {
    add(accountsOfTemplate(template, stack).accounts, `runs the machines of ${template.name}`);
  }
  for (const resource of stack.ofKind(KUBERNETES_SERVICE_ACCOUNT)) {
    const { accounts } = accountsAt(resource, ["metadata", "annotations", ACCOUNT_ANNOTATION], stack);
    add(accounts, `the Kubernetes service account ${resource.name} stands for`);
  }
  for (const grant of wideGrantsIn(stack)) {
    for (const { role = "a role", members } of grantsOf(grant)) {
      const named = members.filter((member) => member.startsWith("serviceAccount:"));
      add(
        named.map((member) => accountOf(member, stack)),
        `has ${role} by ${grant.name}`,
      );
    }
    if (hasUnknownMembers(grant)) {
      const sources = ["member", "members"].flatMap((path) => accountsAt(grant, path, stack).accounts);
      add(sources, `has a role by ${grant.name}`);
    }
  }
  return uses;
}

interface CoordinatorSettings {
  readonly coordinators: readonly string[];
}

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
        "Names of coordinators: patterns with *, compared with the Kubernetes or Google service account of a member.",
    },
  },
  *judge(key, stack, settings) {
    for (const name of stack.once(kubernetesSecretsIn, kubernetesSecretsIn).get(key.urn) ?? []) {
      yield {
        text: `has its secret in the Kubernetes Secret ${name}, where everyone who can read Secrets has it`,
        fix: "keep it in Secret Manager, and let the coordinator read it there",
      };
    }
    for (const { resource, holds } of copiesOf(key, stack)) {
      const copy = `${resource.type.slice(resource.type.lastIndexOf(":") + 1)} ${resource.name}`;
      if (holds === true) yield `has its secret in the ${copy}, where everyone who can read that has it`;
      else yield cannotJudge(`what of the key goes into the ${copy} is not known before the update`);
    }
    const secrets = secretsHolding(key, stack);
    if (secrets.length === 0) return;
    const onSecret = secrets.flatMap((secret) => grantsOnResource(secret, "secret", stack));
    yield* readerFindings(onSecret, { how: "by", fix: undefined }, stack, (member) =>
      isCoordinator(member, settings),
    );
    const onProject = [...new Set(secrets.flatMap((secret) => wideGrantsOn(secret, stack)))];
    const wide = {
      how: "which may read every secret of the project by",
      fix: "remove that grant on the project; grant roles/secretmanager.secretAccessor on single secrets",
    };
    yield* readerFindings(onProject, wide, stack, () => false);
  },
});

/** Members other than the coordinators that may read a secret. */
function* readerFindings(
  grants: readonly StackResource[],
  { how, fix }: { readonly how: string; readonly fix: string | undefined },
  stack: StackGraph,
  may: (member: string) => boolean,
): Iterable<Finding | CannotJudge> {
  for (const { resource, members, unknownMembers, doubt } of grantsOfPower(grants, READ_SECRETS, stack)) {
    const accounts = unknownMembers
      ? ["member", "members"].map((path) => accountsAt(resource, path, stack))
      : [];
    const named = accounts.flatMap((one) => one.accounts.map((key) => accountMember(key, stack)));
    const readers = [...new Set([...members, ...named])].filter((member) => !may(member));
    if (doubt !== undefined && readers.length > 0) yield cannotJudge(doubt);
    else if (doubt === undefined)
      for (const member of readers)
        yield {
          text: `can be read by ${member}, ${how} ${resource.name}`,
          ...(fix !== undefined && { fix }),
        };
    if (unknownMembers && named.length === 0) yield cannotJudge(NOT_KNOWN_YET);
  }
}

/** A member for a key's account. While its address is not known, it begins with the account's id. */
function accountMember(key: string, stack: StackGraph): string {
  const name = accountName(key, stack);
  return `serviceAccount:${name.includes("@") ? name : `${name}@`}`;
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
  return account !== undefined && matches(coordinators, account.toLowerCase());
}
