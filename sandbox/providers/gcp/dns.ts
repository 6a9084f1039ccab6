import { boolean, integer, list, object, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { defined, isList, textOf, type Properties } from "../values.ts";
import {
  cloudOf,
  project,
  projectOf,
  projectProblems,
  sameShortName,
  short,
  withDeletionPolicy,
} from "./common.ts";
import { sameResource } from "./compute-names.ts";
import { falseByDefault } from "./facts/with-facts.ts";
import { labelled } from "./labelled.ts";

const dnsName = string({
  pattern: /^[^.].*\.$/,
  rule: 'a whole domain name with the dot at its end: "example.com."',
});

/** https://www.pulumi.com/registry/packages/gcp/api-docs/dns/managedzone/ */
const managedZone = withDeletionPolicy(
  labelled({
    type: "gcp:dns/managedZone:ManagedZone",
    fields: {
      name: string(),
      dnsName,
      description: string({
        exception: {
          because: "Pulumi's provider puts its own name where Terraform's puts its own",
          says: { default: "Managed by Pulumi" },
        },
      }),
      project,
      visibility: string({ allowed: ["private", "public"] }),
      forceDestroy: boolean({ local: true, ...falseByDefault }),
      privateVisibilityConfig: object({
        networks: list(object({ networkUrl: string({ same: sameResource }) })),
      }),
    },
    outputs: ["creationTime", "managedZoneId", "nameServers"],
    ...named("name", 63),
    problems: (inputs, config) => [
      ...projectProblems(inputs, config),
      ...(inputs["visibility"] !== "private" && inputs["privateVisibilityConfig"] !== undefined
        ? ['privateVisibilityConfig needs visibility "private"']
        : []),
    ],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    distinct: true,
    idOf: (inputs, context) =>
      `projects/${cloudOf(inputs, context).project}/managedZones/${textOf(inputs["name"]) ?? ""}`,
    report: (inputs, _id, context, old) => ({
      project: cloudOf(inputs, context).project,
      creationTime: old?.["creationTime"] ?? new Date().toISOString(),
      managedZoneId: "1",
      nameServers: ["ns-gcp-private.googledomains.com."],
    }),
  }),
);

const idOf = (projectId: string, inputs: Properties): string =>
  `projects/${projectId}/managedZones/${short(inputs["managedZone"])}/rrsets/${textOf(inputs["name"]) ?? ""}/${textOf(inputs["type"]) ?? ""}`;

/** https://www.pulumi.com/registry/packages/gcp/api-docs/dns/recordset/ */
const recordSet = withDeletionPolicy(
  recorded({
    type: "gcp:dns/recordSet:RecordSet",
    fields: {
      managedZone: string({ same: sameShortName }),
      name: dnsName,
      type: string({
        allowed: ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"],
      }),
      ttl: integer({ min: 0 }),
      rrdatas: list(string()),
      project,
    },
    outputs: [],
    problems: (inputs, config) => [
      ...projectProblems(inputs, config),
      ...(inputs["type"] === "CNAME" && isList(inputs["rrdatas"] ?? null) && lengthOf(inputs["rrdatas"]) !== 1
        ? ["a CNAME has exactly one of rrdatas"]
        : []),
    ],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    distinct: true,
    identity: (inputs) => [inputs["managedZone"] ?? null, inputs["name"] ?? null, inputs["type"] ?? null],
    idOf: (inputs, context) => idOf(cloudOf(inputs, context).project, inputs),
    report: (inputs, _id, context) => ({ project: cloudOf(inputs, context).project }),
  }),
);

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

export const dns: ResourceModel[] = [managedZone, recordSet];
