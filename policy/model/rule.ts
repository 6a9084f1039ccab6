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

/** What every rule is told beside its own configuration. */
export interface Settings {
  /** Names or URNs of the resources that are exempt. */
  readonly exceptions: readonly string[];
  /** Patterns of the stacks that are judged. */
  readonly stacks: readonly string[];
}

type ConfigProperties = PolicyConfigSchema["properties"];

/** What a rule says of itself. */
export interface RuleText {
  readonly name: string;
  readonly family: Family;
  /** A short sentence of what holds where the rule is kept. */
  readonly displayName: string;
  readonly description: string;
  readonly severity: Severity;
  /** @default "mandatory" */
  readonly enforcementLevel?: "mandatory" | "advisory";
  /** The outside framework that asks for the same. @default this pack's own */
  readonly framework?: PolicyComplianceFramework;
  /** Documentation of what the rule rests on. */
  readonly url: string;
  /** Why it matters: the second line of every message. */
  readonly reason: string;
  /** What to do: the third line of every message, and the policy's remediation steps. */
  readonly fix: string;
  /** Configuration of its own, each with a default. */
  readonly config?: ConfigProperties;
  /** Stacks that are judged unless the configuration says otherwise. @default all */
  readonly stacks?: readonly string[];
  /** What is judged, in words: `a Cloud Storage bucket`. */
  readonly subject: string;
  readonly tokens: Kind;
}

/** A resource by itself, as a policy sees it before it is made. */
export interface Subject {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Properties;
}

/**
 * What is wrong: the rest of a sentence that begins with the resource's type and name. A rule with several findings says the fix of each,
 * unless its own is the fix of all.
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

/** What a rule cannot judge, and why: the rest of a sentence that begins with "because". */
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

/** Stacks in which data may be thrown away: the patterns that rules against loss leave out. */
export const NOT_EPHEMERAL: readonly string[] = [
  "*",
  ..."dev local test sandbox preview pr review".split(" ").flatMap((name) => [`!${name}`, `!${name}-*`]),
];
/** Stacks that hold what cannot be made again. */
export const PRODUCTION: readonly string[] = ["prod", "prod-*", "production", "production-*"];

const CANNOT_TELL = "Cannot tell before the update: not every value that this policy reads is known yet.";

/** A policy on one resource at a time, which refuses it before it is made. */
export function resourceRule<S = unknown>(
  rule: RuleText & {
    readonly judge: Judge<S & Settings>;
    /**
     * Makes the properties right in place, where that is safe; runs at the level "remediate" only. In place, because a
     * copy would have to read every property, and some are not known yet.
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

/** A policy that needs a resource's neighbours: the whole stack is judged, at the end of a preview or an update. */
export function stackRule<S = unknown>(
  rule: RuleText & {
    readonly judge: StackJudge<S & Settings>;
    /** What one resource shows by itself, which `judge` need not find again: it is refused before it is made. */
    readonly judgeAlone?: Judge<S & Settings>;
    /** Whether one finding says it all: what a stack lacks as a whole is reported on its first resource only. */
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
      // The engine hands resources over in the order in which they happened to be made.
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
    // What was found before the unknown value stands.
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

/** Settings with their defaults. The engine fills in defaults where it configures a pack; a runner without an engine may not. */
export function settingsOf<S>(rule: RuleText): (given: Partial<S & Settings>) => S & Settings {
  const defaults = Object.fromEntries(
    Object.entries(configOf(rule)).map(([key, schema]) => [key, schema.default]),
  );
  return (given) => ({ ...defaults, ...given }) as S & Settings;
}

/** What the engine shows of a rule. */
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
