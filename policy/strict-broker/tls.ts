import type { StackValidationPolicy } from "@pulumi/policy";
import { IN_A_CHART, isOwnChart } from "../model/charts.ts";
import { HELM, WORKLOAD } from "../model/kinds.ts";
import { textsAt, type Properties } from "../model/known.ts";
import { missingSourcesIn, referredVariablesIn } from "../model/own-programs.ts";
import { cannotJudge, stackRule, type Finding } from "../model/rule.ts";
import { containersOf, podSpecsOf, variablesOf } from "../model/workloads.ts";

/** A variable that a program is given, and its value unless that is not in the stack. */
type Given = Pick<ReturnType<typeof variablesOf>[number], "name" | "value">;

const ENCRYPTED_OTHERWISE =
  "where a service mesh encrypts, except the workload in the policy's configuration";

export const coordinatorsAreSpokenToByTls: StackValidationPolicy = stackRule({
  name: "coordinators-are-spoken-to-by-tls",
  family: "strict-broker",
  subject: "a workload's pods",
  tokens: { has: (type) => WORKLOAD.has(type) || HELM.has(type) },
  displayName: "Coordinators are spoken to by TLS",
  description:
    "Coordinators must not be told to serve HTTP, in place of HTTPS or beside it, nor workers to speak to a coordinator by it.",
  enforcementLevel: "advisory",
  severity: "high",
  url: "https://www.rfc-editor.org/rfc/rfc6750#section-5.3",
  reason:
    "whoever reads along in the pod network gets workers' tokens, lease tokens, signed URLs and customer-supplied keys.",
  fix: `give the coordinator a certificate and take the variable away; ${ENCRYPTED_OTHERWISE}`,
  *judgeAlone({ type, props }) {
    for (const spec of podSpecsOf(type, props)) {
      yield* inClear(variablesOf(spec).filter(({ isGiven }) => isGiven));
      yield* inClear(containersOf(spec).flatMap(assignedIn));
    }
  },
  *judge(workload, stack) {
    if (HELM.has(workload.type)) {
      if (isOwnChart(workload.props)) yield cannotJudge(IN_A_CHART);
      return;
    }
    yield* inClear(referredVariablesIn(workload, stack));
    for (const name of missingSourcesIn(workload, stack)) {
      yield cannotJudge(`it takes variables from ${name}, which is not in this stack`);
    }
  },
});

function* inClear(variables: readonly Given[]): Iterable<Finding> {
  for (const { name, value } of variables) {
    const look = LOOKS[name];
    if (look === undefined) continue;
    const given = value();
    // An empty text is as good as none.
    if (given === "") continue;
    if (given === undefined) {
      yield {
        text: `takes ${name} from where it cannot be read, which may have it speak in clear`,
        fix: `write ${name} into the manifest itself, or leave it out`,
      };
    } else {
      const finding = look(given);
      if (finding !== undefined) yield finding;
    }
  }
}

/** Variables that a container's command line sets: `sh -c "MPEGFLOW_PLAINTEXT=true exec …"`. */
function assignedIn(container: Properties): Given[] {
  const words = ["command", "args"].flatMap((key) => textsAt(container, key).known);
  return words.flatMap((word) =>
    [...word.matchAll(/\b(MPEGFLOW_\w+)=(?:"([^"]*)"|'([^']*)'|([^\s;&|]*))/g)].map(
      ([, name = "", ...values]: readonly (string | undefined)[]) => ({
        name,
        value: () => values.find((one) => one !== undefined),
      }),
    ),
  );
}

const isOn = (value: string): boolean => !/^(?:false|0|no|off)$/i.test(value.trim());

/** The variables by which coordinators and workers are told to do without TLS, and what is wrong with a value. */
const LOOKS: Readonly<Record<string, (value: string) => Finding | undefined>> = {
  MPEGFLOW_PLAINTEXT: (value) =>
    isOn(value) ? "serves HTTP in place of HTTPS (MPEGFLOW_PLAINTEXT)" : undefined,
  MPEGFLOW_PLAINTEXT_PORT: (value) => ({
    text: `serves HTTP beside HTTPS, at port ${value} (MPEGFLOW_PLAINTEXT_PORT)`,
    fix: "take tls.plaintext away as soon as all workers and clients speak HTTPS; except the coordinator until then",
  }),
  MPEGFLOW_COORDINATOR_PLAINTEXT: (value) =>
    isOn(value)
      ? {
          text: "may speak to its coordinator by HTTP (MPEGFLOW_COORDINATOR_PLAINTEXT)",
          fix: `take plaintextCoordinator away, and give coordinatorUrl by https; ${ENCRYPTED_OTHERWISE}`,
        }
      : undefined,
  MPEGFLOW_COORDINATOR_URL: (value) =>
    !isReadable(value)
      ? {
          text: `speaks to its coordinator at ${value}, of which it cannot be read whether that is in clear`,
          fix: "write the coordinator's whole https:// address, without references to other variables",
        }
      : isPlainAndFar(value)
        ? {
            text: `speaks to its coordinator at ${value}, in clear`,
            fix: `use the coordinator's https:// address, such as Coordinator.url, with its authority's certificate; ${ENCRYPTED_OTHERWISE}`,
          }
        : undefined,
};

/** Whether a value is an address as it stands: Kubernetes replaces `$(NAME)`, and shells `$NAME`. */
const isReadable = (value: string): boolean =>
  URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && !value.includes("$");

/** Whether an address is spoken to in clear, and is not on the same machine. */
function isPlainAndFar(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
