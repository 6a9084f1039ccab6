import { any, boolean, ignoringCase, integer, list, map, object, string, type Fields } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import {
  defined,
  isList,
  isObject,
  isUnknown,
  same,
  textOf,
  type Properties,
  type Value,
} from "../values.ts";
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

const resourceTags = map(string(), { local: true });
const kmsKey = object({ kmsKeyName: string() });

const datasetPath = (inProject: string, dataset: string): string =>
  `projects/${inProject}/datasets/${dataset}`;

const accessProblems = (inputs: Properties): string[] =>
  (isList(inputs["accesses"]) ? inputs["accesses"] : []).flatMap((access, index) => {
    if (!isObject(access)) return [];
    const subjects = [
      "userByEmail",
      "groupByEmail",
      "domain",
      "specialGroup",
      "iamMember",
      "view",
      "dataset",
      "routine",
    ].filter((key) => access[key] !== undefined);
    return subjects.length === 1
      ? []
      : [
          `accesses[${index}] names ${subjects.length} subjects; it must name one of userByEmail, groupByEmail, domain, specialGroup, iamMember, view, dataset and routine`,
        ];
  });

const timesOf = (old: Properties | undefined): Properties => {
  const now = Date.now();
  return {
    creationTime: old?.["creationTime"] ?? now,
    lastModifiedTime: now,
    etag: `"${now.toString(36)}"`,
  };
};

const datasetFields: Fields = {
  datasetId: string({
    pattern: /^\w{1,1024}$/,
    rule: "1 to 1024 letters, digits and _",
  }),
  project,
  location: string({ same: ignoringCase }),
  friendlyName: string(),
  description: string(),
  resourceTags,
  accesses: list(
    object({
      role: string(),
      userByEmail: string(),
      groupByEmail: string(),
      domain: string(),
      specialGroup: string({
        allowed: ["projectOwners", "projectReaders", "projectWriters", "allAuthenticatedUsers"],
      }),
      iamMember: string(),
      view: any(),
      dataset: any(),
      routine: any(),
    }),
  ),
  defaultCollation: string({ allowed: ["", "und:ci"] }),
  defaultTableExpirationMs: integer({ min: 3_600_000 }),
  defaultPartitionExpirationMs: integer({ min: 0 }),
  defaultEncryptionConfiguration: kmsKey,
  deleteContentsOnDestroy: boolean({ local: true }),
  isCaseInsensitive: boolean(),
  maxTimeTravelHours: string({
    pattern: /^(4[89]|[5-9]\d|1[0-5]\d|16[0-8])$/,
    rule: "hours from 48 to 168",
  }),
  storageBillingModel: string({ allowed: ["LOGICAL", "PHYSICAL"] }),
};

/**
 * Recorded only: there is no BigQuery here, so nothing can be queried.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/bigquery/dataset/
 */
export const dataset: ResourceModel = withDeletionPolicy(
  labelled({
    type: "gcp:bigquery/dataset:Dataset",
    fields: datasetFields,
    outputs: ["creationTime", "lastModifiedTime", "etag", "selfLink"],
    changing: ["lastModifiedTime", "etag"],
    problems: (inputs, config) => [...projectProblems(inputs, config), ...accessProblems(inputs)],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    identity: (inputs) => inputs["datasetId"],
    distinct: true,
    idOf: (inputs, context) =>
      datasetPath(cloudOf(inputs, context).project, textOf(inputs["datasetId"]) ?? ""),
    report: (inputs, id, context, old) => ({
      ...timesOf(old),
      project: cloudOf(inputs, context).project,
      selfLink: `https://bigquery.googleapis.com/bigquery/v2/${id}`,
      storageBillingModel: inputs["storageBillingModel"] ?? "",
      isCaseInsensitive: inputs["isCaseInsensitive"] ?? false,
      maxTimeTravelHours: inputs["maxTimeTravelHours"] ?? "168",
      defaultCollation: inputs["defaultCollation"] ?? "",
      accesses: inputs["accesses"] ?? [
        { role: "OWNER", specialGroup: "projectOwners" },
        { role: "READER", specialGroup: "projectReaders" },
        { role: "WRITER", specialGroup: "projectWriters" },
      ],
    }),
  }),
);

/** Fields of one column. https://docs.cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema */
const columnTypes = new Set(
  "STRING BYTES INTEGER INT64 FLOAT FLOAT64 BOOLEAN BOOL TIMESTAMP DATE TIME DATETIME GEOGRAPHY NUMERIC BIGNUMERIC JSON RECORD STRUCT RANGE INTERVAL".split(
    " ",
  ),
);

function columnsOf(schema: Value | undefined): { columns: Properties[]; problems: string[] } {
  const text = textOf(schema);
  if (text === undefined || isUnknown(text)) return { columns: [], problems: [] };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { columns: [], problems: ["schema is no JSON"] };
  }
  if (!isList(parsed as Value)) return { columns: [], problems: ["schema must be a JSON list of columns"] };
  const columns = (parsed as Value[]).filter(isObject);
  return {
    columns,
    problems: columns.flatMap((column, index) => {
      const type = textOf(column["type"]) ?? "";
      const mode = textOf(column["mode"]) ?? "NULLABLE";
      return [
        ...(/^[A-Za-z_]\w{0,299}$/.test(textOf(column["name"]) ?? "")
          ? []
          : [`schema[${index}].name must have letters, digits and _ and not start with a digit`]),
        ...(columnTypes.has(type.toUpperCase())
          ? []
          : [`schema[${index}].type is ${JSON.stringify(type)}, which BigQuery does not have`]),
        ...(["NULLABLE", "REQUIRED", "REPEATED"].includes(mode.toUpperCase())
          ? []
          : [`schema[${index}].mode must be NULLABLE, REQUIRED or REPEATED`]),
      ];
    }),
  };
}

const referredColumns = (inputs: Properties): Value[] => [
  ...(isList(inputs["clusterings"]) ? inputs["clusterings"] : []),
  ...(isObject(inputs["timePartitioning"]) && inputs["timePartitioning"]["field"] !== undefined
    ? [inputs["timePartitioning"]["field"]]
    : []),
];

function sameColumns(one: string, other: string): boolean {
  try {
    return same(JSON.parse(one) as Value, JSON.parse(other) as Value);
  } catch {
    return false;
  }
}

const tableFields: Fields = {
  datasetId: string({ same: sameShortName }),
  tableId: string({
    pattern: /^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]{1,1024}$/u,
    rule: "1 to 1024 letters, digits, _, - and spaces",
  }),
  project,
  description: string(),
  friendlyName: string(),
  resourceTags,
  schema: string({ same: sameColumns }),
  clusterings: list(string()),
  timePartitioning: object({
    type: string({ allowed: ["DAY", "HOUR", "MONTH", "YEAR"] }),
    field: string(),
    expirationMs: integer(),
    requirePartitionFilter: boolean(),
  }),
  requirePartitionFilter: boolean(),
  encryptionConfiguration: object({ kmsKeyName: string() }),
  expirationTime: integer(),
  deletionProtection: boolean({ local: true }),
};

/**
 * Recorded only: there is no BigQuery here, so nothing can be queried.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/bigquery/table/
 */
export const table: ResourceModel = guarded(
  withDeletionPolicy(
    labelled({
      type: "gcp:bigquery/table:Table",
      fields: tableFields,
      outputs: ["creationTime", "lastModifiedTime", "etag", "selfLink", "location", "type"],
      changing: ["lastModifiedTime", "etag"],
      problems: (inputs, config) => {
        const { columns, problems } = columnsOf(inputs["schema"]);
        const names = new Set(columns.map((column) => column["name"]));
        const clusterings = isList(inputs["clusterings"]) ? inputs["clusterings"] : [];
        return [
          ...projectProblems(inputs, config),
          ...problems,
          ...(clusterings.length > 4 ? ["clusterings takes at most 4 columns"] : []),
          ...(problems.length > 0 || columns.length === 0
            ? []
            : referredColumns(inputs).flatMap((column) =>
                isUnknown(column) || names.has(column)
                  ? []
                  : [`schema has no column ${JSON.stringify(column)} to partition or cluster by`],
              )),
        ];
      },
      predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
      identity: (inputs) => `${textOf(inputs["datasetId"]) ?? ""}/${textOf(inputs["tableId"]) ?? ""}`,
      distinct: true,
      idOf: (inputs, context) =>
        `${datasetPath(cloudOf(inputs, context).project, short(inputs["datasetId"]))}/tables/${textOf(inputs["tableId"]) ?? ""}`,
      report: (inputs, id, context, old) => ({
        ...timesOf(old),
        project: cloudOf(inputs, context).project,
        selfLink: `https://bigquery.googleapis.com/bigquery/v2/${id}`,
        type: "TABLE",
        schema: inputs["schema"] ?? "[]",
        expirationTime: inputs["expirationTime"] ?? 0,
      }),
    }),
  ),
);

/** The real provider replaces a table that loses a column, and deletes none that is protected. */
function guarded(model: ResourceModel): ResourceModel {
  return {
    ...model,
    update: (id, inputs, old, context) => {
      const remaining = new Set(columnsOf(inputs["schema"]).columns.map((column) => column["name"]));
      const lost = columnsOf(old.inputs["schema"]).columns.find((column) => !remaining.has(column["name"]));
      if (lost === undefined) return model.update(id, inputs, old, context);
      throw new Refusal(
        `the column ${textOf(lost["name"]) ?? ""} of ${id} is gone: the real provider would replace the table, which is not modelled`,
      );
    },
    delete: (id, old, context) => {
      if (old.state["deletionProtection"] !== false) {
        throw new Refusal(
          `cannot delete ${id}: its deletionProtection is true; set it to false and run \`pulumi up\` first`,
        );
      }
      return model.delete(id, old, context);
    },
  };
}
