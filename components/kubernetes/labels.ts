/** Labels of one workload's objects. */
export interface WorkloadLabels {
  /** On every object. */
  readonly all: Readonly<Record<string, string>>;
  /** Labels that select the pods. They cannot change for a Deployment, so they contain nothing that could. */
  readonly selector: Readonly<Record<string, string>>;
}

/**
 * Kubernetes' recommended labels.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function workloadLabels(name: string, component: string): WorkloadLabels {
  const selector = { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component };
  return {
    selector,
    all: {
      ...selector,
      "app.kubernetes.io/part-of": "mpegflow",
      "app.kubernetes.io/managed-by": "pulumi",
    },
  };
}
