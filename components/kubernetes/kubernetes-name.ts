import { shown, type Problem } from "../validation/index.ts";

/**
 * Problems of a name of Kubernetes' own form.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export function kubernetesNameProblems(path: string, name: string): Problem[] {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return [];
  return [
    {
      path,
      given: shown(name),
      allowed: "1 to 63 characters of a-z, 0-9 and -",
      fix: "write the name as Kubernetes has it",
    },
  ];
}
