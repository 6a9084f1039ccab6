import { UNKNOWN } from "../../../../testing/index.ts";
import { any, deployment, kubernetesSecret, type Case } from "./case.ts";

const POLICY = "images-are-pinned-by-digest";
const DIGEST = `sha256:${"a".repeat(64)}`;
const IN_CONTAINER_KINDS = ["containers", "initContainers", "ephemeralContainers"] as const;

type Props = Readonly<Record<string, unknown>>;

/** A container of this product's: it has one of its variables. */
const own = (image: unknown, name = "MPEGFLOW_REGION"): Props => ({
  name: "main",
  image,
  env: [{ name, value: "x" }],
});
const template = (spec: Props): Props => ({ metadata: {}, spec });
const inSpec = (spec: Props): Props => ({ spec: { template: template(spec) } });

/** Every kind that makes pods, and a resource of it with a pod's spec. */
const KINDS: Readonly<Record<string, (spec: Props) => Props>> = {
  "kubernetes:core/v1:Pod": (spec) => ({ spec }),
  "kubernetes:core/v1:PodTemplate": (spec) => ({ template: template(spec) }),
  "kubernetes:core/v1:ReplicationController": inSpec,
  "kubernetes:apps/v1:DaemonSet": inSpec,
  "kubernetes:apps/v1:Deployment": inSpec,
  "kubernetes:apps/v1:ReplicaSet": inSpec,
  "kubernetes:apps/v1:StatefulSet": inSpec,
  "kubernetes:batch/v1:Job": inSpec,
  "kubernetes:batch/v1:CronJob": (spec) => ({
    spec: { jobTemplate: { spec: { template: template(spec) } } },
  }),
};
/** Kinds of others' that make pods. */
const CUSTOM: Readonly<Record<string, (spec: Props) => Props>> = {
  "kubernetes:keda.sh/v1alpha1:ScaledJob": (spec) => ({
    spec: { jobTargetRef: { template: template(spec) } },
  }),
  "kubernetes:argoproj.io/v1alpha1:Rollout": inSpec,
  "kubernetes:jobset.x-k8s.io/v1alpha2:JobSet": (spec) => ({
    spec: { replicatedJobs: [{ template: { spec: { template: template(spec) } } }] },
  }),
};
const EVERY_KIND = { ...KINDS, ...CUSTOM };

const kindOf = (type: string): string => type.slice(type.lastIndexOf(":") + 1);
const unpinned = (type: string, image: string, name = "pods"): string =>
  `${kindOf(type)} "${name}" runs ${image}, which is named by no digest.`;
const taking = (envFrom: Props, image: string): Props => ({
  containers: [{ name: "main", image, envFrom: [envFrom] }],
});
const configMap = (name: string, data: Props, namespace = "media") =>
  any("kubernetes:core/v1:ConfigMap")(name, { metadata: { name, namespace }, data });

export const pinnedImages: readonly Case[] = [
  ...Object.entries(EVERY_KIND).flatMap(([type, props]) =>
    IN_CONTAINER_KINDS.flatMap((containers): Case[] => [
      {
        policy: POLICY,
        title: `a tag in ${containers} of a ${kindOf(type)}`,
        resources: [any(type)("pods", props({ [containers]: [own("registry/worker:1")] }))],
        found: [unpinned(type, "registry/worker:1")],
      },
      {
        policy: POLICY,
        title: `a digest in ${containers} of a ${kindOf(type)}`,
        resources: [any(type)("pods", props({ [containers]: [own(`registry/worker@${DIGEST}`)] }))],
        found: [],
      },
    ]),
  ),
  ...Object.entries(KINDS).flatMap(([type, props]): Case[] => [
    {
      policy: POLICY,
      title: `a tag in a ${kindOf(type)}Patch`,
      resources: [any(`${type}Patch`)("pods", props({ containers: [own("registry/worker:1")] }))],
      found: [unpinned(`${type}Patch`, "registry/worker:1")],
    },
    {
      policy: POLICY,
      title: `a tag in the second of a ${kindOf(type)}List`,
      resources: [
        any(`${type}List`)("pods", {
          items: [`registry/worker@${DIGEST}`, "registry/worker:1"].map((image) =>
            props({ containers: [own(image)] }),
          ),
        }),
      ],
      found: [unpinned(`${type}List`, "registry/worker:1")],
    },
  ]),
  {
    policy: POLICY,
    title:
      "no tag, the tag latest, a registry's port, a digest that is too short, one of letters that are no digits",
    resources: [
      deployment("pods", {
        spec: {
          containers: [
            "registry/worker",
            "registry/worker:latest",
            "registry:5000/worker",
            `registry/worker:1@sha256:${"0".repeat(63)}`,
            `registry/worker@sha256:${"g".repeat(64)}`,
          ].map((image) => own(image)),
        },
      }),
    ],
    found: [
      "registry/worker",
      "registry/worker:latest",
      "registry:5000/worker",
      `registry/worker:1@sha256:${"0".repeat(63)}`,
      `registry/worker@sha256:${"g".repeat(64)}`,
    ].map((image) => unpinned(":Deployment", image)),
  },
  {
    policy: POLICY,
    title: "digests of both kinds, beside tags and a registry's port",
    resources: [
      deployment("pods", {
        spec: {
          containers: [
            `registry/worker@${DIGEST}`,
            `registry:5000/worker:1@${DIGEST}`,
            `registry/worker@sha512:${"0".repeat(128)}`,
          ].map((image) => own(image)),
        },
      }),
    ],
    found: [],
  },
  {
    policy: POLICY,
    title: "this product's images by their names, without a variable",
    resources: [
      deployment("pods", {
        spec: {
          containers: [
            "us-docker.pkg.dev/p/mpegflow/worker:1",
            "us-docker.pkg.dev/p/mpegflow/coordinator",
            "registry/mpegflow-worker:1",
            "mpegflow/team/coordinator:1",
          ].map((image) => ({ name: "main", image })),
        },
      }),
    ],
    found: [
      "us-docker.pkg.dev/p/mpegflow/worker:1",
      "us-docker.pkg.dev/p/mpegflow/coordinator",
      "registry/mpegflow-worker:1",
      "mpegflow/team/coordinator:1",
    ].map((image) => unpinned(":Deployment", image)),
  },
  {
    policy: POLICY,
    title: "programs that are neither coordinator nor worker, some from the same registry",
    resources: [
      deployment("pods", {
        spec: {
          containers: [
            own("registry/dashboard:1", "PORT"),
            { name: "keda", image: "us-docker.pkg.dev/p/mpegflow/kedacore/keda:2.20.2" },
            { name: "other", image: "registry/worker:1" },
            { name: "another", image: "registry/mpegflowers/worker:1" },
          ],
        },
      }),
    ],
    found: [],
  },
  {
    policy: POLICY,
    title: "variables from a ConfigMap, a Secret, and by a prefix",
    resources: [
      configMap("settings", { MPEGFLOW_REGION: "us-east1" }),
      kubernetesSecret("tokens", {
        metadata: { name: "tokens", namespace: "media" },
        stringData: { MPEGFLOW_LEASE_KEY: "x" },
      }),
      configMap("short", { FLOW_REGION: "us-east1" }),
      deployment("by-map", { spec: taking({ configMapRef: { name: "settings" } }, "registry/a:1") }),
      deployment("by-secret", { spec: taking({ secretRef: { name: "tokens" } }, "registry/b:1") }),
      deployment("by-prefix", {
        spec: taking({ prefix: "MPEGFLOW_", configMapRef: { name: "elsewhere" } }, "registry/c:1"),
      }),
      deployment("by-part", {
        spec: taking({ prefix: "MPEG", configMapRef: { name: "short" } }, "registry/d:1"),
      }),
    ],
    found: [
      unpinned(":Deployment", "registry/c:1", "by-prefix"),
      unpinned(":Deployment", "registry/a:1", "by-map"),
      unpinned(":Deployment", "registry/b:1", "by-secret"),
      unpinned(":Deployment", "registry/d:1", "by-part"),
    ],
  },
  {
    policy: POLICY,
    title: "ConfigMaps of other names, other namespaces and other variables",
    resources: [
      configMap("settings", { MPEGFLOW_REGION: "us-east1" }, "other"),
      configMap("others", { MPEGFLOW_REGION: "us-east1" }),
      configMap("plain", { REGION: "us-east1" }),
      deployment("settings", { spec: taking({ configMapRef: { name: "settings" } }, "registry/a:1") }),
      deployment("plain", { spec: taking({ configMapRef: { name: "plain" } }, "registry/a:1") }),
    ],
    found: [],
  },
  {
    policy: POLICY,
    title: "a ConfigMap whose name is known only after the update, which the workload depends on",
    resources: [
      any("kubernetes:core/v1:ConfigMap")("settings", {
        metadata: { name: UNKNOWN.string, namespace: "media" },
        data: { MPEGFLOW_REGION: "us-east1" },
      }),
      deployment(
        "pods",
        { spec: taking({ configMapRef: { name: UNKNOWN.string } }, "registry/a:1") },
        { propertyDependencies: { spec: ["kubernetes:core/v1:ConfigMap::settings"] } },
      ),
    ],
    found: [unpinned(":Deployment", "registry/a:1")],
  },
  {
    policy: POLICY,
    title: "an image that is built by the same update, beside one that a tag names",
    resources: [
      deployment("pods", { spec: { containers: [own(UNKNOWN.string), own("registry/worker:1")] } }),
    ],
    found: [unpinned(":Deployment", "registry/worker:1")],
  },
  {
    policy: POLICY,
    title: "an image that is built by the same update",
    resources: [deployment("pods", { spec: { containers: [own(UNKNOWN.string)] } })],
    found: [],
    undecided: true,
  },
];
