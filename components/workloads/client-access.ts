import * as pulumi from "@pulumi/pulumi";
import { shown, sorted, type Problem } from "../validation/index.ts";
import { subjectOf } from "./accounts.ts";
import type {
  ClientAccess,
  CoordinatorArgs,
  CoordinatorClients,
  WorkloadAccount,
} from "./coordinator-args.ts";
import type { CoordinatorVariables } from "./environment.ts";

type JobPrefixes = Pick<Partial<CoordinatorArgs>, "inputPrefixes" | "outputPrefixes">;

/** All of the coordinator's own bucket. */
const WHOLE_BUCKET = "/";

/** Environment variables for the coordinator: services/coordinator/auth/access.ts. */
export function clientAccessVariables(
  clients: CoordinatorClients | undefined,
  bucket: pulumi.Input<string>,
): CoordinatorVariables {
  const rules = clients?.access ?? [];
  if (rules.length === 0) return {};
  const text = pulumi.output(bucket).apply((name) =>
    JSON.stringify(
      sorted(
        rules.map((rule) => ruleOf(rule, `gs://${name}/`)),
        JSON.stringify,
      ),
    ),
  );
  return { MPEGFLOW_ACCESS: text };
}

const fullPrefix = (prefix: string, own: string): string =>
  prefix === WHOLE_BUCKET ? own : prefix.includes("://") ? prefix : own + prefix;

/** Limits for every job. */
export function jobPrefixVariables(
  { inputPrefixes, outputPrefixes }: JobPrefixes,
  bucket: pulumi.Input<string>,
): CoordinatorVariables {
  const joined = (prefixes: readonly string[]) =>
    pulumi
      .output(bucket)
      .apply((name) => sorted(prefixes.map((one) => fullPrefix(one, `gs://${name}/`))).join(","));
  return {
    ...(inputPrefixes && { MPEGFLOW_INPUT_PREFIXES: joined(inputPrefixes) }),
    ...(outputPrefixes && { MPEGFLOW_OUTPUT_PREFIXES: joined(outputPrefixes) }),
  };
}

/** Problems of {@link JobPrefixes}. A comma would end a prefix. */
export const jobPrefixProblems = ({ inputPrefixes, outputPrefixes }: JobPrefixes): Problem[] => [
  ...(inputPrefixes ? prefixesProblems("inputPrefixes", inputPrefixes, /,/) : []),
  ...(outputPrefixes ? prefixesProblems("outputPrefixes", outputPrefixes, /,/) : []),
];

function ruleOf(
  { serviceAccounts = [], emails = [], inputs, outputs, keySecrets = [] }: ClientAccess,
  own: string,
) {
  const full = (prefix: string): string => fullPrefix(prefix, own);
  return {
    subjects: [
      ...sorted(serviceAccounts.map((one) => subjectOf(one.namespace, one.name))),
      // Coordinators know Google accounts in lower case.
      ...sorted(emails.map((email) => email.toLowerCase())),
    ],
    inputs: sorted(inputs.map(full)),
    outputs: sorted(outputs.map(full)),
    ...(keySecrets.length > 0 && { secrets: sorted(keySecrets) }),
  };
}

/** Problems of rules for clients; paths begin with `clients.access`. */
export function clientAccessProblems(clients: CoordinatorClients): Problem[] {
  return (clients.access ?? []).flatMap((rule, index) =>
    ruleProblems(rule, `clients.access[${index}]`, clients),
  );
}

function ruleProblems(rule: ClientAccess, path: string, clients: CoordinatorClients): Problem[] {
  const { serviceAccounts = [], emails = [], inputs, outputs } = rule;
  const known = (clients.serviceAccounts ?? []).map(nameOf);
  const knownEmails = (clients.emails ?? []).map((email) => email.toLowerCase());
  const strangers = [
    ...serviceAccounts.map((one, index) => ({
      path: `${path}.serviceAccounts[${index}]`,
      given: shown(nameOf(one)),
      isClient: known.includes(nameOf(one)),
      list: "clients.serviceAccounts",
    })),
    ...emails.map((email, index) => ({
      path: `${path}.emails[${index}]`,
      given: shown(email),
      isClient: knownEmails.includes(email.toLowerCase()),
      list: "clients.emails",
    })),
  ].filter(({ isClient }) => !isClient);
  return [
    ...(serviceAccounts.length + emails.length === 0
      ? [
          {
            path,
            given: "a rule for nobody",
            allowed: "a rule with serviceAccounts or emails",
            fix: "name the clients that it is for",
          },
        ]
      : []),
    ...strangers.map(({ list, given, path: where }) => ({
      path: where,
      given,
      allowed: `one of ${list}`,
      because: "a rule gives nobody the right to call: it limits those who have it.",
      fix: `add it to ${list} too, or correct it`,
    })),
    ...prefixesProblems(`${path}.inputs`, inputs),
    ...prefixesProblems(`${path}.outputs`, outputs),
    ...(rule.keySecrets ?? []).flatMap((secret, at) =>
      /^projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255}$/.test(secret)
        ? []
        : [
            {
              path: `${path}.keySecrets[${at}]`,
              given: shown(secret),
              allowed: "projects/PROJECT/secrets/SECRET",
              fix: "write the secret's whole name, without a version",
            },
          ],
    ),
  ];
}

const nameOf = ({ namespace, name }: WorkloadAccount): string => `${namespace}/${name}`;

function prefixesProblems(path: string, prefixes: readonly string[], never = /(?!)/): Problem[] {
  const allowed =
    "FOLDER/ of the coordinator's bucket, / for all of it, or gs://BUCKET/FOLDER/, s3://…, r2://…";
  if (prefixes.length === 0) {
    return [{ path, given: "no prefix", allowed: "one prefix or more", fix: 'name one, such as "ingest/"' }];
  }
  return prefixes.flatMap((prefix, index) =>
    prefix === WHOLE_BUCKET ||
    (!never.test(prefix) &&
      /^(?:(?:gs|s3|r2):\/\/[^/\s]+\/(?:[^\s]*\/)?|(?!\/)(?![a-z0-9]+:\/\/)[^\s]*\/)$/.test(prefix))
      ? []
      : [
          {
            path: `${path}[${index}]`,
            given: shown(prefix),
            allowed,
            because: "a prefix that does not end in / would take in its neighbours.",
            fix: 'write it as in "ingest/"',
          },
        ],
  );
}
