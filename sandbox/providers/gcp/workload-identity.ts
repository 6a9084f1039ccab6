import { boolean, list, map, object, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { recorded } from "../recorded.ts";
import { defined, textOf, type Properties } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems } from "./common.ts";

/** Workload Identity Federation is recorded only: the local STS does not check it. */

const id = string({
  pattern: /^(?!gcp-)[a-z0-9-]{4,32}$/,
  rule: "4 to 32 characters of a-z, 0-9 and -, not starting with gcp-",
});
const at = (inputs: Properties, key: string): string => textOf(inputs[key]) ?? "";
const poolOf = (inputs: Properties, projectId: string): string =>
  `projects/${projectId}/locations/global/workloadIdentityPools/${at(inputs, "workloadIdentityPoolId")}`;
const predict = (inputs: Properties, config: Properties): Properties =>
  defined({ project: projectOf(inputs, config) });
const described = {
  project,
  displayName: string({ pattern: /^.{0,32}$/, rule: "at most 32 characters" }),
  description: string(),
  disabled: boolean(),
};

const pool = recorded({
  type: "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
  fields: { workloadIdentityPoolId: id, ...described },
  outputs: ["name", "state"],
  problems: projectProblems,
  predict,
  distinct: true,
  identity: (inputs) => inputs["workloadIdentityPoolId"],
  idOf: (inputs, context) => poolOf(inputs, cloudOf(inputs, context).project),
  report: (inputs, name, context) => ({
    project: cloudOf(inputs, context).project,
    name,
    state: "ACTIVE",
  }),
});

const provider = recorded({
  type: "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
  fields: {
    workloadIdentityPoolId: { ...id },
    workloadIdentityPoolProviderId: id,
    ...described,
    attributeMapping: map(string()),
    attributeCondition: string(),
    oidc: object({
      issuerUri: string({ pattern: /^https:\/\//, rule: "an address with https" }),
      allowedAudiences: list(string()),
      jwksJson: string(),
    }),
  },
  outputs: ["name", "state"],
  problems: projectProblems,
  predict,
  distinct: true,
  identity: (inputs) => inputs["workloadIdentityPoolProviderId"],
  idOf: (inputs, context) =>
    `${poolOf(inputs, cloudOf(inputs, context).project)}/providers/${at(inputs, "workloadIdentityPoolProviderId")}`,
  report: (inputs, name, context) => ({
    project: cloudOf(inputs, context).project,
    name,
    state: "ACTIVE",
  }),
});

/** https://www.pulumi.com/registry/packages/gcp/api-docs/iam/workloadidentitypool/ */
export const workloadIdentity: ResourceModel[] = [pool, provider];
