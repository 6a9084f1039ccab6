/** A small client of Kubernetes' API: what control planes, node agents, KEDA, the ambient provider and the tests need of it. */
export { accessOf, type ApiAccess } from "./access.ts";
export {
  apiClient,
  ApiError,
  unlessMissing,
  type ApiClient,
  type KubeObject,
  type PatchType,
} from "./client.ts";
export { kubernetesClient, type KubernetesClient } from "./by-kind.ts";
export { follow, type Followed } from "./follow.ts";
export { discoverPaths, groupPath, NoSuchKind, type ObjectLocation, type Paths } from "./paths.ts";
