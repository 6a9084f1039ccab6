/** Real Kubernetes control planes, and KEDA beside them, as processes of this machine. */
export { kedaVersion, kubernetesVersion } from "../binaries/programs.ts";
export { KedaReleaseError } from "../keda/release.ts";
export { startControlPlane } from "./start.ts";
export type {
  ControlPlane,
  ControlPlaneOptions,
  KedaOfControlPlane,
  KedaRelease,
} from "../programs/types.ts";
