import { boolean, integer, list, object, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { recorded } from "../recorded.ts";
import { defined, textOf, type Properties } from "../values.ts";
import {
  cloudOf,
  project,
  projectOf,
  projectProblems,
  sameShortName,
  short,
  withDeletionPolicy,
} from "./common.ts";
import { labelled } from "./labelled.ts";

const at = (inputs: Properties, key: string): string => textOf(inputs[key]) ?? "";
const idOf = (inputs: Properties, projectId: string, key: string): string =>
  `projects/${projectId}/locations/${at(inputs, "location")}/repositories/${short(inputs[key])}`;

/** https://www.pulumi.com/registry/packages/gcp/api-docs/artifactregistry/repository/ */
const repository = withDeletionPolicy(
  labelled({
    type: "gcp:artifactregistry/repository:Repository",
    fields: {
      repositoryId: string({
        required: true,
        replaces: true,
        pattern: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
        rule: "1 to 63 characters of a-z, 0-9 and -, starting with a letter",
      }),
      location: string({ required: true, replaces: true }),
      project,
      description: string(),
      format: string({ required: true, replaces: true }),
      mode: string({ default: "STANDARD_REPOSITORY", replaces: true }),
      kmsKeyName: string({ replaces: true }),
      dockerConfig: object({ immutableTags: boolean() }),
      cleanupPolicyDryRun: boolean(),
      cleanupPolicies: list(
        object({
          id: string({ required: true }),
          action: string({ allowed: ["DELETE", "KEEP"] }),
          condition: object({
            tagState: string({ allowed: ["TAGGED", "UNTAGGED", "ANY"] }),
            olderThan: string({ pattern: /^\d+[smhd]$/, rule: "a duration such as 86400s" }),
            newerThan: string({ pattern: /^\d+[smhd]$/, rule: "a duration such as 86400s" }),
            tagPrefixes: list(string()),
            packageNamePrefixes: list(string()),
          }),
          mostRecentVersions: object({
            keepCount: integer({ min: 1 }),
            packageNamePrefixes: list(string()),
          }),
        }),
      ),
      remoteRepositoryConfig: object(
        { description: string(), commonRepository: object({ uri: string({ required: true }) }) },
        { replaces: true },
      ),
    },
    outputs: ["name", "createTime", "updateTime", "registryUri"],
    changing: ["updateTime"],
    identity: (inputs) => inputs["repositoryId"],
    problems: projectProblems,
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    distinct: true,
    idOf: (inputs, context) => idOf(inputs, cloudOf(inputs, context).project, "repositoryId"),
    report: (inputs, _id, context, old) => {
      const projectId = cloudOf(inputs, context).project;
      const now = new Date().toISOString();
      return {
        project: projectId,
        name: at(inputs, "repositoryId"),
        createTime: old?.["createTime"] ?? now,
        updateTime: now,
        registryUri: `${at(inputs, "location")}-docker.pkg.dev/${projectId}/${at(inputs, "repositoryId")}`,
      };
    },
  }),
);

/** https://www.pulumi.com/registry/packages/gcp/api-docs/artifactregistry/repositoryiammember/ */
const repositoryIamMember = recorded({
  type: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
  fields: {
    repository: string({ required: true, replaces: true, same: sameShortName }),
    location: string({ required: true, replaces: true }),
    project,
    role: string({ required: true, replaces: true, pattern: /^(roles|projects\/[^/]+\/roles)\/[\w.]+$/ }),
    member: string({
      required: true,
      replaces: true,
      pattern: /^[a-zA-Z]+:.+|^allUsers$|^allAuthenticatedUsers$/,
    }),
  },
  outputs: ["etag"],
  problems: projectProblems,
  predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
  idOf: (inputs, context) =>
    `${idOf(inputs, cloudOf(inputs, context).project, "repository")}/${at(inputs, "role")}/${at(inputs, "member")}`,
  report: (inputs, id, context) => ({
    project: cloudOf(inputs, context).project,
    repository: idOf(inputs, cloudOf(inputs, context).project, "repository"),
    etag: `"${String(id.length)}"`,
  }),
});

export const artifactRegistry: ResourceModel[] = [repository, repositoryIamMember];
