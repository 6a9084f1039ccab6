import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { sorted } from "../validation/index.ts";
import type { AuditTrailArgs } from "./audit-trail-args.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

interface SinkArgs<Grant extends pulumi.Resource | undefined> {
  readonly args: AuditTrailArgs;
  readonly filter: pulumi.Input<string>;
  readonly parent: pulumi.Resource;
  readonly destination: pulumi.Input<string>;
  /** Name of the destination. */
  readonly target: pulumi.Output<string>;
  readonly bigqueryOptions?: gcp.types.input.logging.ProjectSinkBigqueryOptions;
  /** Lets the sink's writer into the destination. */
  readonly grant: (writer: pulumi.Output<string>) => Grant;
}

interface Sink<Grant> {
  /** The destination's name, once entries arrive there. */
  readonly ready: pulumi.Output<string>;
  readonly sink: gcp.logging.ProjectSink;
  readonly writerGrant: Grant;
}

/** A sink, and its writer's way into the destination. */
export function sink<Grant extends pulumi.Resource | undefined>(
  name: string,
  { args, target, grant, ...rest }: SinkArgs<Grant>,
): Sink<Grant> {
  const kept = args.disposable !== true;
  const made = new gcp.logging.ProjectSink(
    name,
    {
      project: args.projectId,
      destination: rest.destination,
      filter: rest.filter,
      uniqueWriterIdentity: true,
      ...(args.exclusions && { exclusions: sorted(args.exclusions, ({ name: own }) => own) }),
      ...withoutUndefined({ bigqueryOptions: rest.bigqueryOptions }),
      deletionPolicy: kept ? "PREVENT" : "DELETE",
    },
    { parent: rest.parent, ...(kept && { protect: true }) },
  );
  const writerGrant = grant(made.writerIdentity);
  const ready = pulumi.all([target, (writerGrant ?? made).urn]).apply(([known]) => known);
  return { ready, sink: made, writerGrant };
}
