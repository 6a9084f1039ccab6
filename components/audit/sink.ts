import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { sorted } from "../validation/index.ts";
import type { AuditTrailArgs } from "./audit-trail-args.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

interface SinkArgs {
  readonly args: AuditTrailArgs;
  readonly filter: pulumi.Input<string>;
  readonly parent: pulumi.Resource;
  readonly destination: pulumi.Input<string>;
  /** Name of the destination. */
  readonly target: pulumi.Output<string>;
  readonly bigqueryOptions?: gcp.types.input.logging.ProjectSinkBigqueryOptions;
  /** Lets the sink's writer into the destination. */
  readonly grant?: (writer: pulumi.Output<string>) => pulumi.Resource;
}

/**
 * A sink, and its writer's way into the destination.
 *
 * @returns the destination's name, once entries arrive there
 */
export function sink(name: string, { args, target, grant, ...rest }: SinkArgs): pulumi.Output<string> {
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
  const ready = grant?.(made.writerIdentity) ?? made;
  return pulumi.all([target, ready.urn]).apply(([known]) => known);
}
