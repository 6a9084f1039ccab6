import { string, type Field } from "../fields.ts";
import {
  canonical,
  containsUnknown,
  isList,
  isObject,
  isUnknown,
  type Properties,
  type Value,
} from "../values.ts";

/** Where a policy stands, which decides what its statements may say. */
interface PolicyKind {
  /** Longest text, white space left out. */
  longest: number;
  /** The statements say to whom they apply. */
  hasPrincipal: boolean;
  /** The statements say what they apply to. */
  hasResource: boolean;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const trustPolicy: PolicyKind = { longest: 2048, hasPrincipal: true, hasResource: false };
export const inlinePolicy: PolicyKind = { longest: 10_240, hasPrincipal: false, hasResource: true };
/** 20 KB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html */
export const bucketPolicyKind: PolicyKind = { longest: 20_480, hasPrincipal: true, hasResource: true };
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html */
export const queuePolicyKind: PolicyKind = { longest: 8192, hasPrincipal: true, hasResource: true };

/** A policy's text; two spellings of the same JSON are the same policy. */
export const policyField: Field = string({ required: true, same: sameJson });

/** Programs may give a policy as an object: the provider sends its text. */
export function policyText(inputs: Properties, field: string): Properties {
  const given = inputs[field];
  if (!isObject(given) || containsUnknown(given)) return inputs;
  return { ...inputs, [field]: JSON.stringify(given) };
}

export function policyProblems(field: string, value: Value | undefined, kind: PolicyKind): string[] {
  if (typeof value !== "string" || isUnknown(value)) return [];
  const document = parse(value);
  if (!isObject(document)) return [`${field} must be a JSON object`];
  const size = JSON.stringify(document).length;
  const statements = isList(document["Statement"]) ? document["Statement"] : [document["Statement"] ?? null];
  const sids = statements.map((statement) => (isObject(statement) ? statement["Sid"] : undefined));
  const repeated = sids.find((sid, index) => sid !== undefined && sids.indexOf(sid) !== index);
  return [
    ...(size > kind.longest ? [`${field} has ${size} characters; AWS takes up to ${kind.longest}`] : []),
    ...(document["Version"] === "2012-10-17" || document["Version"] === "2008-10-17"
      ? []
      : [`${field}.Version must be "2012-10-17"`]),
    ...Object.keys(document)
      .filter((key) => !["Version", "Id", "Statement"].includes(key))
      .map((key) => `${field} has the unknown element ${key}`),
    ...(statements.length === 0 ? [`${field}.Statement must hold a statement`] : []),
    ...(repeated === undefined ? [] : [`${field}: two statements have the Sid ${JSON.stringify(repeated)}`]),
    ...statements.flatMap((statement, index) =>
      statementProblems(`${field}.Statement[${index}]`, statement, kind),
    ),
  ];
}

const elements = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
function statementProblems(path: string, statement: Value, kind: PolicyKind): string[] {
  if (!isObject(statement)) return [`${path} must be an object`];
  const count = (...names: string[]): number => names.filter((name) => name in statement).length;
  const exactlyOne = (wanted: boolean, name: string): string[] => {
    const given = count(name, `Not${name}`);
    if (wanted) return given === 1 ? [] : [`${path} must have either ${name} or Not${name}`];
    return given === 0 ? [] : [`${path} must not have ${name}: this kind of policy implies it`];
  };
  return [
    ...Object.keys(statement)
      .filter((key) => !elements.includes(key))
      .map((key) => `${path} has the unknown element ${key}`),
    ...(statement["Effect"] === "Allow" || statement["Effect"] === "Deny"
      ? []
      : [`${path}.Effect must be "Allow" or "Deny"`]),
    ...exactlyOne(true, "Action"),
    ...exactlyOne(kind.hasPrincipal, "Principal"),
    ...exactlyOne(kind.hasResource, "Resource"),
    ...["Action", "NotAction"].flatMap((name) => actionProblems(`${path}.${name}`, statement[name])),
    ...["Resource", "NotResource"].flatMap((name) => resourceProblems(`${path}.${name}`, statement[name])),
  ];
}

const textsOf = (value: Value | undefined): readonly Value[] =>
  value === undefined ? [] : isList(value) ? value : [value];

const actionProblems = (path: string, value: Value | undefined): string[] =>
  textsOf(value)
    .filter((action) => typeof action !== "string" || !/^(\*|[a-z0-9-]+:[A-Za-z*?]+)$/i.test(action))
    .map((action) => `${path} must be "*" or "service:Action", not ${JSON.stringify(action)}`);

const resourceProblems = (path: string, value: Value | undefined): string[] =>
  textsOf(value)
    .filter(
      (resource) => typeof resource !== "string" || !/^(\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+)$/.test(resource),
    )
    .map((resource) => `${path} must be "*" or an ARN, not ${JSON.stringify(resource)}`);

function parse(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

function sameJson(one: string, other: string): boolean {
  const [left, right] = [parse(one), parse(other)];
  return left !== undefined && right !== undefined && canonical(left) === canonical(right);
}
