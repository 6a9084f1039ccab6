import { isIP } from "node:net";
import type * as pulumi from "@pulumi/pulumi";
import { principalProblems } from "../identity/principal.ts";
import { OWN_LABELS } from "../storage/media-bucket-checks.ts";
import { prefixPaths, labelProblems, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import type { AuditAlerts, AuditExclusion } from "./audit-trail-args.ts";
import { type AuditTrailGiven, destinationProblems } from "./destination-checks.ts";
import { LIMITS } from "./settings.ts";

/** Problems of the arguments, as far as they are known in advance. */
export function auditTrailProblems(name: string, args: AuditTrailGiven): Problem[] {
  return [
    ...nameProblems(name),
    ...principalProblems({ projectId: args.projectId }),
    ...emptyListProblems("bucketNames", args.bucketNames, "name the platform's bucket"),
    ...emptyListProblems("signerEmails", args.signerEmails, "pass BrokerIdentity's signerEmail"),
    ...formProblems("signerEmails", args.signerEmails, FORMS.signerEmail),
    ...formProblems("signerSecrets", args.signerSecrets, FORMS.secret),
    ...formProblems("coordinatorPrincipals", args.coordinatorPrincipals, FORMS.principal),
    ...exemptionProblems(args),
    ...exclusionProblems(args.exclusions ?? []),
    ...destinationProblems(name, args),
    ...(args.alerts ? prefixPaths("alerts", alertProblems(args.alerts)) : []),
    // The archive is a MediaBucket.
    ...labelProblems(args.labels ?? {}, OWN_LABELS),
  ];
}

interface Form {
  readonly pattern: RegExp;
  readonly allowed: string;
  readonly because?: string;
  readonly fix: string;
}

const FORMS = {
  signerEmail: {
    pattern: /^[a-z0-9][a-z0-9-]*@[a-z0-9.:-]+\.gserviceaccount\.com$/,
    allowed: "the e-mail address of a service account",
    fix: "pass BrokerIdentity's signerEmail, without a prefix",
  },
  secret: {
    pattern: /^projects\/[^/]+\/secrets\/[A-Za-z0-9_-]{1,255}(\/versions\/[^/]+)?$/,
    allowed: "projects/PROJECT/secrets/SECRET, or a version below it",
    fix: "pass BrokerIdentity's signerSecretVersion",
  },
  principal: {
    pattern: /^(principal:\/\/|serviceAccount:|user:).+$/,
    allowed: "one principal: principal://…, serviceAccount:… or user:…",
    because: "the log names single principals, which cannot be compared with a set or a group.",
    fix: "name the coordinator's own principal, as kubernetesPrincipal makes it",
  },
  exempted: {
    pattern: /^(user|serviceAccount|group):[^\s@]+@[^\s@]+$/,
    allowed: "user:, serviceAccount: or group: and an e-mail address",
    because: "exempted members leave no trace.",
    fix: "name the single members whose requests are too many to keep",
  },
  channel: {
    pattern: /^projects\/[^/]+\/notificationChannels\/[^/]+$/,
    allowed: "projects/PROJECT/notificationChannels/ID",
    fix: "use the name that `gcloud beta monitoring channels list` shows",
  },
} as const satisfies Record<string, Form>;

function nameProblems(name: string): Problem[] {
  if (/^[A-Za-z][A-Za-z0-9-]{0,59}$/.test(name)) return [];
  return [
    {
      path: "name",
      given: shown(name),
      allowed: "1 to 60 letters, digits and -, starting with a letter",
      because: "sinks, metrics and the log bucket are named after it.",
      fix: "give the component another name",
    },
  ];
}

function emptyListProblems(path: string, list: readonly unknown[] | undefined, fix: string): Problem[] {
  if (list?.length !== 0) return [];
  return [
    {
      path,
      given: "[]",
      allowed: "at least one",
      because: "a filter about nothing would keep everything, or nothing.",
      fix,
    },
  ];
}

/** Items that do not have the form; those not known yet are judged when they are. */
function formProblems(
  path: string,
  items: readonly pulumi.Input<string>[] | undefined,
  { pattern, ...rest }: Form,
): Problem[] {
  return (items ?? []).flatMap((item, index) =>
    typeof item !== "string" || pattern.test(item)
      ? []
      : [{ path: `${path}[${index}]`, given: shown(item), ...rest }],
  );
}

function exemptionProblems({
  exemptedMembers,
  manageDataAccessLogs,
  signerEmails = [],
}: AuditTrailGiven): Problem[] {
  const members = exemptedMembers ?? [];
  const known = signerEmails.filter((email) => typeof email === "string");
  return [
    ...formProblems("exemptedMembers", members, FORMS.exempted),
    ...exemptedSignerProblems(members, known),
    ...(members.length > 0 && manageDataAccessLogs === false
      ? [
          {
            path: "exemptedMembers",
            given: shown(members),
            allowed: "nothing with manageDataAccessLogs false",
            because:
              "exemptions belong to the Data Access configuration, which this component does not declare.",
            fix: "exempt them where the Data Access logs are configured",
          },
        ]
      : []),
  ];
}

/** Signers among the exempted; also asked when the addresses become known. */
export function exemptedSignerProblems(
  exemptedMembers: readonly string[],
  signerEmails: readonly string[],
): Problem[] {
  return exemptedMembers.flatMap((member, index) =>
    signerEmails.some((email) => member.toLowerCase() === `serviceaccount:${email.toLowerCase()}`)
      ? [
          {
            path: `exemptedMembers[${index}]`,
            given: shown(member),
            allowed: "members other than signers",
            because: "every request with a signed URL is made in the signer's name and would leave no trace.",
            fix: "remove it, and use exclusions to save volume",
          },
        ]
      : [],
  );
}

function exclusionProblems(exclusions: readonly AuditExclusion[]): Problem[] {
  const names = exclusions.map(({ name }) => name);
  const each = exclusions.flatMap(({ name, filter }, index): Problem[] => [
    ...(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)
      ? []
      : [
          {
            path: `exclusions[${index}].name`,
            given: shown(name),
            allowed: "1 to 100 letters, digits, _, - and ., starting with a letter or digit",
            fix: "rename it",
          },
        ]),
    ...(names.indexOf(name) === index
      ? []
      : [
          {
            path: `exclusions[${index}].name`,
            given: `${shown(name)} again`,
            allowed: "each name once",
            fix: "give each exclusion its own name",
          },
        ]),
    ...(filter.trim() === ""
      ? [
          {
            path: `exclusions[${index}].filter`,
            given: shown(filter),
            allowed: "a filter of the Logging query language",
            because: "an empty filter matches every entry, and nothing would be kept.",
            fix: "say which entries to leave out",
          },
        ]
      : []),
  ]);
  if (exclusions.length <= 50) return each;
  const count = { path: "exclusions", given: `${exclusions.length}`, allowed: "up to 50 in a sink" };
  return [...each, { ...count, fix: "join filters by OR" }];
}

function alertProblems(alerts: AuditAlerts): Problem[] {
  const windowSeconds = alerts.windowSeconds ?? LIMITS.windowSeconds.default;
  return [
    ...(alerts.notificationChannels.length > 0
      ? []
      : [
          {
            path: "notificationChannels",
            given: "[]",
            allowed: "at least one",
            because: "an alert without a channel notifies nobody.",
            fix: "name a channel, or leave out alerts",
          },
        ]),
    ...formProblems("notificationChannels", alerts.notificationChannels, FORMS.channel),
    ...(["windowSeconds", "signatures", "deniedRequests", "untrustedRequests"] as const).flatMap((path) =>
      wholeNumberProblems(path, alerts[path] ?? LIMITS[path].default, LIMITS[path]),
    ),
    ...wholeNumberProblems(
      "notificationIntervalSeconds",
      alerts.notificationIntervalSeconds ?? LIMITS.notificationIntervalSeconds.default,
      LIMITS.notificationIntervalSeconds,
    ),
    ...(windowSeconds % 60 === 0
      ? []
      : [
          {
            path: "windowSeconds",
            given: shown(windowSeconds),
            allowed: "a multiple of 60",
            because: "log-based metrics are sampled every minute.",
            fix: "round it to whole minutes",
          },
        ]),
    ...(alerts.trustedRanges ?? []).flatMap(rangeProblems),
    ...(alerts.untrustedRequests !== undefined && (alerts.trustedRanges ?? []).length === 0
      ? [
          {
            path: "untrustedRequests",
            given: shown(alerts.untrustedRequests),
            allowed: "nothing without trustedRanges",
            because: "no address is unknown where none is known.",
            fix: "give trustedRanges",
          },
        ]
      : []),
  ];
}

function rangeProblems(range: string, index: number): Problem[] {
  const [address = "", length = "", ...rest] = range.split("/");
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const path = `trustedRanges[${index}]`;
  if (rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > longest) {
    return [
      {
        path,
        given: shown(range),
        allowed: "a network in CIDR notation, such as 10.0.0.0/8 or 2001:db8::/32",
        fix: "write a single address with /32 or /128",
      },
    ];
  }
  if (Number(length) > 0) return [];
  return [
    {
      path,
      given: shown(range),
      allowed: "less than the whole Internet",
      because: "with every address trusted the alert could never be raised.",
      fix: "name your own networks, or leave out trustedRanges",
    },
  ];
}
