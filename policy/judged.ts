import type { StackValidationPolicy } from "@pulumi/policy";
import { groupBy } from "./model/group-by.ts";
import { exemptionOf, messageText, published, settingsOf, type RuleText } from "./model/rule.ts";
import { NOT_KNOWN_YET, unjudgedOf, type Unjudged } from "./model/unjudged.ts";

const RULE: RuleText = {
  name: "everything-is-judged",
  family: "judgement",
  subject: "a stack",
  tokens: { has: () => true },
  displayName: "Resources that no policy could judge are reported",
  description:
    "One message names the resources that policies could not judge, because a value is known only after the update or is not " +
    "in this stack.",
  severity: "low",
  enforcementLevel: "advisory",
  url: "https://www.pulumi.com/docs/insights/policy/",
  reason:
    "a policy that could not judge has not found the resource good; an update judges again as soon as values are known.",
  fix: "read what `pulumi up` says of these policies; where a preview can know a value, give it: names instead of outputs, roles of the same stack",
};

/** Resources to name for each policy. */
const NAMED = 3;

/** Must be the last policy of the pack: it reports what the others could not judge. */
export const everythingIsJudged: StackValidationPolicy = {
  ...published(RULE),
  validateStack: (args, report) => {
    const settings = settingsOf(RULE)(args.getConfig());
    const judged = args.resources.filter((resource) => exemptionOf(settings, resource) === undefined);
    const left = unjudgedOf(new Set(judged.map(({ urn }) => urn)));
    if (left.length > 0) report(messageText(`Not judged: ${described(left)}.`, RULE.reason, fixOf(left)));
  },
};

/** Values that are known only after the update cannot be given before it. */
function fixOf(left: readonly Unjudged[]): string {
  return left.every(({ because }) => because === NOT_KNOWN_YET)
    ? "nothing to do before the first update; read what `pulumi up` says of these policies then"
    : RULE.fix;
}

/** `dead-letters-are-complete (jobs, events) and no-roles (a, b, c and 4 more), because …; signers (key), because …`. */
function described(left: readonly Unjudged[]): string {
  const byReason = groupBy(left, ({ because }) => because);
  return [...byReason]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([because, group]) => `${policiesOf(group)}, because ${because}`)
    .join("; ");
}

function policiesOf(left: readonly Unjudged[]): string {
  const byPolicy = groupBy(left, ({ policy }) => policy);
  return [...byPolicy]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([policy, group]) => `${policy} (${namesOf(group)})`)
    .join(", ");
}

function namesOf(left: readonly Unjudged[]): string {
  const names = [...new Set(left.map(({ name }) => name))].sort();
  const more = names.length - NAMED;
  const first = more > 1 ? names.slice(0, NAMED) : names;
  return `${first.join(", ")}${more > 1 ? ` and ${more} more` : ""}`;
}
