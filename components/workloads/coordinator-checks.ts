import { shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import { clientAccessProblems, jobPrefixProblems } from "./client-access.ts";
import type { CoordinatorArgs, CoordinatorClients } from "./coordinator-args.ts";
import { coordinatorTlsProblems } from "./coordinator-tls.ts";
import { variableProblems } from "./credentials.ts";
import { kubernetesNameProblems } from "../kubernetes/kubernetes-name.ts";
import { LIMITS } from "./limits.ts";
import { hostsProblems } from "../kubernetes/egress-hosts.ts";
import { apiServerRangeProblems, egressRangesProblems, rangeProblems } from "../kubernetes/ranges.ts";
import { resourcesProblems } from "../kubernetes/resources.ts";
import { coordinatorSettings } from "./coordinator-settings.ts";
import { COORDINATOR_VARIABLES, type CoordinatorVariables } from "./environment.ts";
import { uploadJobsProblems } from "./upload-jobs.ts";

/** Problems of the arguments, except the signer's, as far as they are known in advance. */
export function coordinatorProblems(args: Partial<CoordinatorArgs>): Problem[] {
  const settings = coordinatorSettings(args);
  const { apiServerRange, googleRanges, googleHosts, encoderPools = [] } = args;
  return [
    ...wholeNumberProblems("leaseSeconds", settings.leaseSeconds, LIMITS.leaseSeconds),
    ...wholeNumberProblems("urlTtlSeconds", settings.urlTtlSeconds, LIMITS.urlTtlSeconds),
    ...wholeNumberProblems("maxAttempts", settings.maxAttempts, LIMITS.maxAttempts),
    ...wholeNumberProblems("backlog", settings.backlog, LIMITS.backlog),
    ...wholeNumberProblems("replicas", settings.replicas, LIMITS.coordinatorReplicas),
    ...resourcesProblems("resources", args.resources ?? {}),
    ...prefixProblems(settings.jobsPrefix),
    ...jobPrefixProblems(args),
    ...kubernetesNameProblems("kubernetesName", settings.kubernetesName),
    ...kubernetesNameProblems("serviceAccountName", settings.serviceAccountName),
    ...encoderPools.flatMap((pool, index) => kubernetesNameProblems(`encoderPools[${index}]`, pool)),
    ...(args.clients ? clientsProblems(args.clients) : []),
    ...apiServerRangeProblems("apiServerRange", apiServerRange),
    ...egressRangesProblems("googleRanges", googleRanges, { instead: "set publicEgress" }),
    ...hostsProblems("googleHosts", googleHosts),
    ...variableProblems(
      args,
      COORDINATOR_VARIABLES.filter((name) => !leftToVariables(args).some((left) => left === name)),
    ),
    ...(args.tls ? coordinatorTlsProblems(args.tls) : []),
    ...uploadJobsProblems(args.uploads),
  ];
}

/** Programs that are older than these arguments set them as `variables`. */
const leftToVariables = (args: Partial<CoordinatorArgs>): (keyof CoordinatorVariables)[] => [
  ...(args.inputPrefixes ? [] : ["MPEGFLOW_INPUT_PREFIXES" as const]),
  ...(args.outputPrefixes ? [] : ["MPEGFLOW_OUTPUT_PREFIXES" as const]),
];

function prefixProblems(jobsPrefix: string): Problem[] {
  if (/^(?:[A-Za-z0-9._-]+\/)+$/.test(jobsPrefix)) return [];
  return [
    {
      path: "jobsPrefix",
      given: shown(jobsPrefix),
      allowed: "an object name prefix of A-Z a-z 0-9 . _ - and /, ending in /",
      fix: 'use one such as ".mpegflow/jobs/"',
    },
  ];
}

function clientsProblems(clients: CoordinatorClients): Problem[] {
  const { serviceAccounts = [], emails = [], ranges = [] } = clients;
  return [
    ...serviceAccounts.flatMap(({ namespace, name }, index) => [
      ...kubernetesNameProblems(`clients.serviceAccounts[${index}].namespace`, namespace),
      ...kubernetesNameProblems(`clients.serviceAccounts[${index}].name`, name),
    ]),
    ...emails.flatMap((email, index) =>
      /^[^@\s,]+@[^@\s,]+\.[^@\s,]+$/.test(email)
        ? []
        : [
            {
              path: `clients.emails[${index}]`,
              given: shown(email),
              allowed: "the e-mail address of a Google account",
              fix: "write the whole address",
            },
          ],
    ),
    ...rangeProblems("clients.ranges", ranges),
    ...clientAccessProblems(clients),
  ];
}
