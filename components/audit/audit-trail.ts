import * as pulumi from "@pulumi/pulumi";
import { problems, shown, sorted, requireArguments } from "../validation/index.ts";
import { alertPolicies } from "./alert-policies.ts";
import type { AuditTrailArgs } from "./audit-trail-args.ts";
import type { AuditTrailResources } from "./audit-trail-resources.ts";
import { dataAccessLogs } from "./data-access.ts";
import { destinations } from "./destinations.ts";
import { platformFilter } from "./filters.ts";
import { auditTrailProblems } from "./audit-trail-checks.ts";
import { madeResources } from "../properties/made-resources.ts";

const made = madeResources<AuditTrailResources>();

/**
 * Audit trail of a platform's buckets, its signers and the trail itself: Data Access logs, destinations that keep the
 * entries unchanged, and alerts on what should not happen.
 *
 * What each alert means, and what the log cannot show: docs/runbooks/audit.md.
 *
 * @example
 * new AuditTrail("studio-audit", {
 * projectId: "studio-media",
 * placement: predefined("NAM4"),
 * bucketNames: [media.bucketName],
 * signerEmails: [broker.signerEmail],
 * destinations: { logBucket: {}, archiveBucket: { locked: true, confirmLock: "studio-audit" } },
 * })
 */
export class AuditTrail extends pulumi.ComponentResource {
  /** The filter of the sinks, to look at the same entries in the Logs Explorer. */
  readonly filter: pulumi.Output<string>;
  /** `projects/P/locations/L/buckets/B` of the log bucket, if there is one; known when entries arrive there. */
  readonly logBucket: pulumi.Output<string | undefined>;
  /** Name of the archive bucket, if there is one; known when entries arrive there. */
  readonly archiveBucket: pulumi.Output<string | undefined>;
  /** `projects/P/datasets/D` of the dataset, if there is one; known when entries arrive there. */
  readonly dataset: pulumi.Output<string | undefined>;
  /** Names of alert policies by their headings in docs/runbooks/audit.md; none without `alerts`. */
  readonly alertPolicies: pulumi.Output<Record<string, string>>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): AuditTrailResources {
    return made.of(this);
  }

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`AuditTrail ${shown(name)}`, args, {
      projectId: "value",
      placement: "object",
      bucketNames: "list",
      signerEmails: "list",
    });
    const found = problems();
    found.addAll(auditTrailProblems(name, args));
    found.throwIfAny(`AuditTrail ${shown(name)}`);
    super("mpegflow-gcs:index:AuditTrail", name, args, opts);

    const platform = pulumi
      .all([
        pulumi.all(args.bucketNames),
        pulumi.all(args.signerEmails),
        pulumi.all((args.signerSecrets ?? []).map(secretIdOf)),
      ])
      .apply(([buckets, signers, secrets]) => ({
        projectId: args.projectId,
        buckets: distinct(buckets),
        signers: distinct(signers),
        secrets: distinct(secrets),
      }));
    const coordinators = pulumi.all(args.coordinatorPrincipals ?? []).apply(distinct);

    const accessLogs = args.manageDataAccessLogs === false ? {} : dataAccessLogs(name, args, this);
    const filter = platform.apply(platformFilter);
    const kept = destinations(name, args, filter, this);
    const alerts: Pick<AuditTrailResources, "alertPolicies" | "metrics"> =
      args.alerts === undefined
        ? { alertPolicies: {}, metrics: {} }
        : alertPolicies(name, { ...args, alerts: args.alerts }, { platform, coordinators }, this);

    made.keep(this, {
      dataAccessLogs: accessLogs,
      logBucket: kept.logBucket?.resources,
      archiveBucket: kept.archiveBucket?.resources,
      dataset: kept.dataset?.resources,
      ...alerts,
    });

    this.filter = filter;
    this.logBucket = pulumi.output(kept.logBucket?.ready);
    this.archiveBucket = pulumi.output(kept.archiveBucket?.ready);
    this.dataset = pulumi.output(kept.dataset?.ready);
    this.alertPolicies = pulumi.output(
      Object.fromEntries(Object.entries(alerts.alertPolicies).map(([key, policy]) => [key, policy.name])),
    );
    this.registerOutputs({
      filter: this.filter,
      logBucket: this.logBucket,
      archiveBucket: this.archiveBucket,
      dataset: this.dataset,
      alertPolicies: this.alertPolicies,
    });
  }
}

/** One account may sign for two purposes. The order of names means nothing. */
const distinct = (names: readonly string[]): string[] => sorted([...new Set(names)]);

/** `projects/P/secrets/S` and what is below it, as `S`. */
function secretIdOf(name: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(name).apply((known) => {
    const id = /^projects\/[^/]+\/secrets\/([^/]+)/.exec(known)?.[1];
    if (id === undefined)
      throw new pulumi.RunError(`signerSecrets: ${shown(known)} is not the resource name of a secret`);
    return id;
  });
}
