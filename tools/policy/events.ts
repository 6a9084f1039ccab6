import { z } from "zod";

/** What the engine says of one violation, in a preview and in an analysis of a state alike. */
const eventSchema = z.looseObject({
  policyEvent: z.object({
    resourceUrn: z.string().default(""),
    message: z.string(),
    policyName: z.string(),
    policyPackName: z.string(),
    policyPackVersion: z.string().default(""),
    enforcementLevel: z.enum(["advisory", "mandatory", "remediate", "disabled"]),
    severity: z.enum(["", "low", "medium", "high", "critical"]).default(""),
  }),
});

export interface PolicyViolation {
  readonly policy: string;
  readonly pack: string;
  readonly urn: string;
  readonly level: "advisory" | "mandatory" | "remediate" | "disabled";
  readonly severity: "" | "low" | "medium" | "high" | "critical";
  /** The policy's description. */
  readonly description: string;
  /** What is wrong, with reason and fix on lines of their own. */
  readonly message: string;
}

/**
 * The violations in the engine's JSON events, one a line: of `pulumi policy analyze --json`, and of `pulumi preview --json` with
 * PULUMI_ENABLE_STREAMING_JSON_PREVIEW. Sorted by resource and policy.
 */
export function violationsIn(output: string): PolicyViolation[] {
  const violations = output.split("\n").flatMap((line) => {
    if (!line.startsWith("{") || !line.includes('"policyEvent"')) return [];
    const { policyEvent: event } = eventSchema.parse(JSON.parse(line));
    // The engine puts the policy's description before the message.
    const [description = "", ...message] = event.message.trimEnd().split("\n");
    return [
      {
        policy: event.policyName,
        pack: event.policyPackName,
        urn: event.resourceUrn,
        level: event.enforcementLevel,
        severity: event.severity,
        description,
        message: message.join("\n"),
      },
    ];
  });
  return violations.sort((one, other) => compare(one.urn, other.urn) || compare(one.policy, other.policy));
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
