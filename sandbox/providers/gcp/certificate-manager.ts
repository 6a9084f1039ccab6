import { createHash } from "node:crypto";
import { list, object, string, type Fields } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { defined, isUnknown, listOf, objectOf, textOf, type Properties } from "../values.ts";
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

const name = string({
  pattern: /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/,
  rule: "1 to 64 letters, digits, _ and -, the first a letter",
});
const location = string();

const wholeDomain = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;
const hostname = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

/** One of Certificate Manager's resources: recorded below its location. */
function certificateResource(args: {
  type: string;
  fields: Fields;
  located?: boolean;
  outputs: readonly string[];
  changing?: readonly string[];
  /** Its path below the project. */
  pathOf: (inputs: Properties) => string;
  report: (inputs: Properties, id: string, old: Properties | undefined) => Properties;
  problems?: (inputs: Properties) => string[];
}): ResourceModel {
  return withDeletionPolicy(
    labelled({
      type: args.type,
      fields: {
        name,
        project,
        description: string(),
        ...(args.located && { location }),
        ...args.fields,
      },
      outputs: args.outputs,
      ...(args.changing && { changing: args.changing }),
      ...named("name", 64),
      problems: (inputs, config) => [...projectProblems(inputs, config), ...(args.problems?.(inputs) ?? [])],
      predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
      distinct: true,
      idOf: (inputs, context) => `projects/${cloudOf(inputs, context).project}/${args.pathOf(inputs)}`,
      report: (inputs, id, context, old) =>
        defined({ project: cloudOf(inputs, context).project, ...args.report(inputs, id, old) }),
    }),
  );
}

const nameOf = (inputs: Properties): string => textOf(inputs["name"]) ?? "";
const locationOf = (inputs: Properties): string => textOf(inputs["location"]) ?? "global";
const times = (old: Properties | undefined) => {
  const now = new Date().toISOString();
  return { createTime: old?.["createTime"] ?? now, updateTime: now };
};

const dnsAuthorization = certificateResource({
  type: "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
  located: true,
  fields: {
    domain: string({
      pattern: wholeDomain,
      rule: "a domain in lower case without a wildcard: it covers the domain's wildcard too",
    }),
    type: string({ allowed: ["FIXED_RECORD", "PER_PROJECT_RECORD"] }),
  },
  outputs: ["dnsResourceRecords"],
  pathOf: (inputs) => `locations/${locationOf(inputs)}/dnsAuthorizations/${nameOf(inputs)}`,
  report: (inputs, id) => {
    const token = createHash("sha256").update(id).digest("hex").slice(0, 32);
    const type = inputs["type"] ?? (locationOf(inputs) === "global" ? "FIXED_RECORD" : "PER_PROJECT_RECORD");
    const label = type === "FIXED_RECORD" ? "_acme-challenge" : `_acme-challenge_${token.slice(0, 14)}`;
    return {
      type,
      dnsResourceRecords: [
        {
          name: `${label}.${textOf(inputs["domain"]) ?? ""}.`,
          type: "CNAME",
          data: `${token}.authorize.certificatemanager.goog.`,
        },
      ],
    };
  },
});

/** Certificates that Google makes; the user's own are not modelled. Their state would depend on DNS, so none is reported. */
const certificate = certificateResource({
  type: "gcp:certificatemanager/certificate:Certificate",
  located: true,
  fields: {
    scope: string({
      allowed: ["DEFAULT", "EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH"],
    }),
    managed: object({
      domains: list(string({ pattern: hostname, rule: "a domain in lower case" }), { min: 1 }),
      dnsAuthorizations: list(string({ same: sameShortName })),
      issuanceConfig: string(),
    }),
  },
  outputs: ["sanDnsnames"],
  pathOf: (inputs) => `locations/${locationOf(inputs)}/certificates/${nameOf(inputs)}`,
  report: (inputs) => ({ sanDnsnames: objectOf(inputs["managed"])["domains"] ?? [] }),
  problems: ({ managed }) => {
    const { domains, dnsAuthorizations, issuanceConfig } = objectOf(managed);
    const authorized = listOf(dnsAuthorizations).length > 0 || isUnknown(dnsAuthorizations);
    return [
      ...(authorized && issuanceConfig !== undefined
        ? ["managed: give dnsAuthorizations or issuanceConfig, not both"]
        : []),
      ...(!authorized &&
      issuanceConfig === undefined &&
      listOf(domains).some((domain) => textOf(domain)?.startsWith("*."))
        ? ["managed.domains: a wildcard needs dnsAuthorizations"]
        : []),
    ];
  },
});

const certificateMap = certificateResource({
  type: "gcp:certificatemanager/certificateMap:CertificateMap",
  fields: {},
  outputs: ["createTime", "updateTime", "gclbTargets"],
  changing: ["updateTime"],
  pathOf: (inputs) => `locations/global/certificateMaps/${nameOf(inputs)}`,
  report: (_inputs, _id, old) => ({ ...times(old), gclbTargets: [] }),
});

const certificateMapEntry = certificateResource({
  type: "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
  fields: {
    map: string({ same: sameShortName }),
    certificates: list(string({ same: sameShortName }), { min: 1 }),
    hostname: string({ pattern: hostname, rule: "a host name in lower case" }),
    matcher: string({ allowed: ["PRIMARY"] }),
  },
  outputs: ["createTime", "updateTime", "state"],
  changing: ["updateTime"],
  pathOf: (inputs) =>
    `locations/global/certificateMaps/${short(inputs["map"])}/certificateMapEntries/${nameOf(inputs)}`,
  report: (_inputs, _id, old) => ({ ...times(old), state: "ACTIVE" }),
});

export const certificateManager: ResourceModel[] = [
  dnsAuthorization,
  certificate,
  certificateMap,
  certificateMapEntry,
];
