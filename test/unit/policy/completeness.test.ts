import { expect, test } from "vitest";
import { ACCESS } from "../../../policy/buckets/public-access.ts";
import { GRANT, grantsOn } from "../../../policy/model/iam.ts";
import { INSTANCE_TEMPLATE, WORKLOAD } from "../../../policy/model/kinds.ts";
import { programType } from "../../../policy/model/programs.ts";
import { typesWithInput } from "./installed-types.ts";

/** Inputs that name an account for another purpose than running a program as it. */
const NO_PROGRAM =
  /kmsKeyServiceAccount|diskEncryptionServiceAccount|[sS]copes$|serviceAccountSigningKeys|serviceAccountVerificationKeys|eventTrigger|schedulerServiceAccountEmail|pubsubConfig|Pool\.serviceAccount$|useProjectServiceAccount|instanceTemplateName/;

/** Types that name a service account and run no program of the stack's owner as it, by the reason. */
const IGNORED: Readonly<Record<string, RegExp>> = {
  "is where App Engine's versions run, which name their own": /:appengine\/application/,
  "sends fixed requests or delivers events as the account":
    /:(cloudscheduler\/job|cloudtasks\/queue|eventarc\/|pubsub\/|apigateway\/|apigee\/|diagflow\/|ces\/|sourcerepo\/|clouddeploy\/automation)/,
  "calls services of others by connectors":
    /:(apihub|applicationintegration|integrationconnectors|oracledatabase)\//,
  "queries data where it is, in BigQuery": /:(bigquery|dataform|dataplex\/(datascan|dataProduct))/,
  "takes data in for a service of Google's":
    /:(chronicle|migrationcenter|securesourcemanager|gkehub|beyondcorp)\//,
  "copies objects in no region of its own": /:storage\/transferJob/,
  "is a rule about accounts, or an account's own resource":
    /:(accesscontextmanager|binaryauthorization|networksecurity|privilegedaccessmanager|serviceaccount|projects\/apiKey|storage\/hmacKey|logging\/|compute\/(firewall|networkFirewall|regionNetwork|organizationSecurity))/,
  "keeps room for machines, and runs none": /:compute\/(futureReservation|reservation):/,
  "runs on machines of the owner's, outside Google's regions": /:dataproc\/gdc/,
};

test("every type of Google's provider that names a service account runs programs, or is known to run none", () => {
  const types = typesWithInput("gcp", /serviceAccount|instanceTemplate/i);
  expect(types.length).toBeGreaterThan(80);
  const unclassified = types.flatMap(({ token, inputs }) => {
    const left = inputs.filter((path) => !NO_PROGRAM.test(path));
    const isIgnored = Object.values(IGNORED).some((form) => form.test(token));
    if (left.length === 0 || isIgnored || INSTANCE_TEMPLATE.has(token)) return [];
    const type = programType(token);
    const read = [...(type?.accounts ?? []), ...(type?.templates ?? [])];
    const unread = left.filter((path) => read.every((one) => one !== path && !one.startsWith(`${path}.`)));
    return unread.map((path) => `${token} ${path}`);
  });
  expect(unclassified).toEqual([]);
});

/** Takes roles away. */
const REMOVAL = "gcp:projects/iamMemberRemove:IamMemberRemove";
const granting = typesWithInput("gcp", /^(member|members|policyData)$/).filter(
  ({ token }) => /iam/i.test(token) && token !== REMOVAL,
);

test("every type of Google's provider that takes a member of IAM is a grant", () => {
  expect(granting.length).toBeGreaterThan(300);
  expect(granting.filter(({ token }) => !GRANT.has(token)).map(({ token }) => token)).toEqual([]);
});

test("every grant on a bucket, a folder of one, a project, a folder or an organization is one that the writers' rule reads", () => {
  const about = /:(storage\/|projects\/|folder\/|organizations\/)/;
  const types = granting.filter(({ token }) => about.test(token));
  const read = types.filter(({ token }) => grantsOn("bucket").has(token) || grantsOn("wide").has(token));
  expect(types.length).toBeGreaterThan(12);
  expect(types.map(({ token }) => token)).toEqual(read.map(({ token }) => token));
});

test("every type of Kubernetes' provider that has a pod's template is a workload", () => {
  const types = typesWithInput("kubernetes", /^(containers|initContainers)$/);
  expect(types.length).toBeGreaterThan(15);
  expect(types.filter(({ token }) => !WORKLOAD.has(token)).map(({ token }) => token)).toEqual([]);
});

/** Types with such an input that is of another meaning. */
const NO_ACCESS =
  /:(chronicle|dataplex|discoveryengine|apigee|securitycenter|iap|accesscontextmanager|looker)\//;

test("every type of Google's provider that lists who has access is one that the rule on public access reads", () => {
  const types = typesWithInput(
    "gcp",
    /^(entity|roleEntities|predefinedAcl|defaultAcl|specialGroup|iamMember|predefinedDefaultObjectAcl)$/,
  ).filter(({ token }) => !NO_ACCESS.test(token));
  expect(types.length).toBeGreaterThan(6);
  expect(types.filter(({ token }) => !ACCESS.has(token)).map(({ token }) => token)).toEqual([]);
});
