import type {
  PolicyComplianceFramework,
  PolicyConfigSchema,
  Policy,
  ResourceValidation,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import { StackGraph } from "./graph.ts";
import { type StackResource } from "./stack-resource.ts";
import { rememberInputs } from "./inputs.ts";
import type { Kind } from "./kinds.ts";
import { isUnknownValueError, type Properties } from "./known.ts";
import { matches, stackOfUrn } from "./patterns.ts";
import { NOT_KNOWN_YET, noteUnjudged, noteUnjudgedInStack, unjudged, type Unjudged } from "./unjudged.ts";

/** The families of the pack, as the documentation groups them. */
export type Family =
  | "placement"
  | "strict-broker"
  | "buckets"
  | "encryption"
  | "messaging"
  | "cluster"
  | "delivery"
  | "audit"
  | "aws"
  | "judgement";

/** Configuration that every rule takes. */
export interface Settings {
  /** Names or URNs of the resources that are exempt. */
  readonly exceptions: readonly string[];
  /** Patterns of the stacks that are judged. */
  readonly stacks: readonly string[];
}

type ConfigProperties = PolicyConfigSchema["properties"];

/** Texts of a rule. */
export interface RuleText {
  readonly name: string;
  readonly family: Family;
  /** A short sentence that is true when the rule is kept. */
  readonly displayName: string;
  readonly description: string;
  readonly severity: Severity;
  /** @default "mandatory" */
  readonly enforcementLevel?: "mandatory" | "advisory";
  /** The external framework with the same requirement. @default this pack's own */
  readonly framework?: PolicyComplianceFramework;
  /** Documentation that the rule is based on. */
  readonly url: string;
  /** Why it matters: the second line of every message. */
  readonly reason: string;
  /** What to do: the third line of every message, and the policy's remediation steps. */
  readonly fix: string;
  /** The rule's own configuration, each key with a default. */
  readonly config?: ConfigProperties;
  /** Stacks that are judged unless the configuration says otherwise. @default all */
  readonly stacks?: readonly string[];
  /** Noun for the judged resources: `a Cloud Storage bucket`. */
  readonly subject: string;
  readonly tokens: Kind;
}

/** A single resource, as a policy sees it before its creation. */
export interface Subject {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Properties;
}

/**
 * The problem, as the rest of a sentence that begins with the resource's type and name. Findings have their own fix,
 * unless the rule's fix applies.
 */
export type Finding =
  | string
  | {
      readonly text: string;
      /** @default the rule's own */
      readonly fix?: string;
      /** @default the rule's own */
      readonly reason?: string;
    };

/** Something that a rule cannot judge, with the reason as the rest of a sentence that begins with "because". */
export interface CannotJudge {
  readonly cannotJudge: string;
}

export function cannotJudge(because: string): CannotJudge {
  return { cannotJudge: because };
}

export type Judge<S> = (subject: Subject, settings: S) => Iterable<Finding | CannotJudge>;
export type StackJudge<S> = (
  subject: StackResource,
  stack: StackGraph,
  settings: S,
) => Iterable<Finding | CannotJudge>;

/** Patterns that exclude disposable stacks from rules against data loss. */
export const NOT_EPHEMERAL: readonly string[] = [
  "*",
  ..."dev local test sandbox preview pr review".split(" ").flatMap((name) => [`!${name}`, `!${name}-*`]),
];
/** Patterns of production stacks, whose data cannot be recreated. */
export const PRODUCTION: readonly string[] = ["prod", "prod-*", "production", "production-*"];

const CANNOT_TELL = "Cannot tell before the update: not every value that this policy reads is known yet.";

/** A policy for single resources, which refuses them before creation. */
export function resourceRule<S = unknown>(
  rule: RuleText & {
    readonly judge: Judge<S & Settings>;
    /**
     * Corrects the properties in place, where that is safe; runs at level "remediate" only. In place, because a copy
     * would read every property, and some are not known yet.
     */
    readonly remediate?: (props: Record<string, unknown>) => void;
  },
): ResourceValidationPolicy {
  const { judge, remediate } = rule;
  const withDefaults = settingsOf<S>(rule);
  return {
    ...published(rule),
    validateResource: judgeAlone(rule, judge),
    ...(remediate && {
      remediateResource: (args) => {
        if (!rule.tokens.has(args.type)) return undefined;
        const settings = withDefaults(args.getConfig<Partial<S & Settings>>());
        if (exemptionOf(settings, args) !== undefined) return undefined;
        if (collect(() => judge(args, settings)).findings.length === 0) return undefined;
        remediate(args.props);
        return args.props;
      },
    }),
  };
}

function judgeAlone<S>(rule: RuleText, judge: Judge<S & Settings>): ResourceValidation {
  const withDefaults = settingsOf<S>(rule);
  return (args, report) => {
    rememberInputs(args);
    if (!rule.tokens.has(args.type)) return args.notApplicable(`not ${rule.subject}`);
    const settings = withDefaults(args.getConfig<Partial<S & Settings>>());
    const exemption = exemptionOf(settings, args);
    const { findings, reasons } =
      exemption === undefined ? collect(() => judge(args, settings)) : { findings: [], reasons: [] };
    noteUnjudged(rule.name, args, reasons);
    if (exemption !== undefined) return args.notApplicable(exemption);
    for (const finding of findings) report(messageOf(rule, args, finding));
    if (reasons.length > 0 && findings.length === 0) return args.notApplicable(CANNOT_TELL);
  };
}

/** A policy for relations between resources: judges the whole stack, at the end of a preview or update. */
export function stackRule<S = unknown>(
  rule: RuleText & {
    readonly judge: StackJudge<S & Settings>;
    /** Findings on a single resource, reported before its creation; `judge` need not repeat them. */
    readonly judgeAlone?: Judge<S & Settings>;
    /** Whether one finding is enough: something that the whole stack lacks is reported on its first resource only. */
    readonly once?: boolean;
  },
): StackValidationPolicy {
  const withDefaults = settingsOf<S>(rule);
  return {
    ...published(rule),
    ...(rule.judgeAlone && { validateResource: judgeAlone(rule, rule.judgeAlone) }),
    validateStack: (args, report) => {
      noteUnjudgedInStack(rule.name, []);
      const stack = new StackGraph(args.resources);
      const settings = withDefaults(args.getConfig<Partial<S & Settings>>());
      const subjects = stack
        .ofKind(rule.tokens)
        .filter((resource) => exemptionOf(settings, resource) === undefined);
      if (subjects.length === 0)
        return args.notApplicable(`no ${rule.subject.replace(/^an? /, "")} to judge`);
      const left: Unjudged[] = [];
      // The engine passes resources in order of creation, which varies.
      const ordered =
        rule.once === true ? subjects.toSorted((one, other) => (one.urn < other.urn ? -1 : 1)) : subjects;
      for (const subject of ordered) {
        const { findings, reasons } = collect(() => rule.judge(subject, stack, settings));
        left.push(...unjudged(rule.name, subject, reasons));
        for (const finding of findings) report(messageOf(rule, subject, finding), subject.urn);
        if (rule.once === true && findings.length > 0) break;
      }
      noteUnjudgedInStack(rule.name, left);
      if (left.length > 0) return args.notApplicable(CANNOT_TELL);
    },
  };
}

interface Named {
  readonly type: string;
  readonly name: string;
}

/** What a user reads: the resource by its type and name, and what is wrong with it, why that matters, what to do. */
function messageOf(rule: RuleText, { type, name }: Named, finding: Finding): string {
  const {
    text,
    reason = rule.reason,
    fix = rule.fix,
  } = typeof finding === "string" ? { text: finding } : finding;
  return messageText(`${type.slice(type.lastIndexOf(":") + 1)} "${name}" ${text}.`, reason, fix);
}

/** A message of three lines: what, why, and what to do. */
export function messageText(what: string, reason: string, fix: string): string {
  return [what, `  - Reason: ${reason}`, `  - Fix: ${fix}`].join("\n");
}

function collect(judge: () => Iterable<Finding | CannotJudge>): {
  findings: Finding[];
  reasons: string[];
} {
  const findings: Finding[] = [];
  const reasons: string[] = [];
  try {
    for (const one of judge()) {
      if (typeof one === "object" && "cannotJudge" in one) reasons.push(one.cannotJudge);
      else findings.push(one);
    }
  } catch (error) {
    // Findings from before the unknown value are kept.
    if (!isUnknownValueError(error)) throw error;
    reasons.push(NOT_KNOWN_YET);
  }
  return { findings, reasons };
}

/** Why a resource is not judged, where it is not. */
export function exemptionOf(
  settings: Settings,
  { name, urn }: { name: string; urn: string },
): string | undefined {
  if (settings.exceptions.includes(name) || settings.exceptions.includes(urn))
    return "exempted by configuration";
  return matches(settings.stacks, stackOfUrn(urn)) ? undefined : "this stack is not judged";
}

function configOf({ config = {}, stacks = ["*"] }: RuleText): ConfigProperties {
  return {
    exceptions: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "Resources to exempt: their names in the program, or their URNs.",
    },
    stacks: {
      type: "array",
      items: { type: "string" },
      default: [...stacks],
      description: 'Stacks to judge: patterns in which * stands for any text; a later "!pattern" excludes.',
    },
    ...config,
  };
}

/** Settings with their defaults. The engine fills in defaults; other runners may not. */
export function settingsOf<S>(rule: RuleText): (given: Partial<S & Settings>) => S & Settings {
  const defaults = Object.fromEntries(
    Object.entries(configOf(rule)).map(([key, schema]) => [key, schema.default]),
  );
  return (given) => ({ ...defaults, ...given }) as S & Settings;
}

/** The rule's metadata for the engine. */
export function published(
  rule: RuleText,
): Omit<Policy, "enforcementLevel"> & { enforcementLevel: "mandatory" | "advisory" } {
  return {
    name: rule.name,
    displayName: rule.displayName,
    description: rule.description,
    severity: rule.severity,
    enforcementLevel: rule.enforcementLevel ?? "mandatory",
    framework: rule.framework ?? ownFramework(rule.family),
    tags: [rule.family],
    url: rule.url,
    remediationSteps: sentence(rule.fix),
    configSchema: { properties: configOf(rule) },
  };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function ownFramework(family: Family): PolicyComplianceFramework {
  return {
    name: "MpegFlow on Google Cloud Storage",
    version: "1",
    reference: family,
    specification: "docs/reference/policies.md",
  };
}
