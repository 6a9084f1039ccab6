import { any, deployment, kubernetesSecret, type Case } from "./case.ts";

const POLICY = "coordinators-are-spoken-to-by-tls";

type Props = Readonly<Record<string, unknown>>;
const withEnv = (name: string, env: Readonly<Record<string, string>>) => deployment(name, { env });
const found = (name: string, text: string): string => `Deployment "${name}" ${text}.`;
const taking = (name: string, envFrom: Props) =>
  deployment(name, { spec: { containers: [{ name: "main", envFrom: [envFrom] }] } });
const job = (spec: Props) =>
  any("kubernetes:keda.sh/v1alpha1:ScaledJob")("encoder", { spec: { jobTargetRef: { template: { spec } } } });

const IN_PLACE = "serves HTTP in place of HTTPS (MPEGFLOW_PLAINTEXT)";
const PERMITTED = "may speak to its coordinator by HTTP (MPEGFLOW_COORDINATOR_PLAINTEXT)";
const unread = (name: string): string =>
  `takes ${name} from where it cannot be read, which may have it speak in clear`;

export const tls: readonly Case[] = [
  {
    policy: POLICY,
    title: "a coordinator that serves HTTP, in place of HTTPS and beside it",
    resources: [
      withEnv("a", { MPEGFLOW_PLAINTEXT: "true" }),
      withEnv("b", { MPEGFLOW_TLS_DIRECTORY: "/tls", MPEGFLOW_PLAINTEXT_PORT: "8080" }),
    ],
    found: [
      found("a", IN_PLACE),
      found("b", "serves HTTP beside HTTPS, at port 8080 (MPEGFLOW_PLAINTEXT_PORT)"),
    ],
  },
  {
    policy: POLICY,
    title: "a worker that speaks to a coordinator by HTTP, and one that may",
    resources: [
      withEnv("a", { MPEGFLOW_COORDINATOR_URL: "http://coordinator.media.svc:8080" }),
      withEnv("b", {
        MPEGFLOW_COORDINATOR_URL: "https://coordinator.media.svc",
        MPEGFLOW_COORDINATOR_PLAINTEXT: "true",
      }),
    ],
    found: [
      found("a", "speaks to its coordinator at http://coordinator.media.svc:8080, in clear"),
      found("b", PERMITTED),
    ],
  },
  {
    policy: POLICY,
    title: "the same in an init container of a KEDA job",
    resources: [job({ initContainers: [{ env: [{ name: "MPEGFLOW_PLAINTEXT", value: "true" }] }] })],
    found: [`ScaledJob "encoder" ${IN_PLACE}.`],
  },
  {
    policy: POLICY,
    title: "HTTPS, switches that are off, the same machine, and variables of other programs",
    resources: [
      withEnv("a", { MPEGFLOW_TLS_DIRECTORY: "/tls", MPEGFLOW_PLAINTEXT: "false" }),
      withEnv("b", {
        MPEGFLOW_COORDINATOR_URL: "https://coordinator.media.svc",
        MPEGFLOW_COORDINATOR_PLAINTEXT: "false",
      }),
      ...["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"].map((url, index) =>
        withEnv(`near-${index}`, { MPEGFLOW_COORDINATOR_URL: url }),
      ),
      withEnv("c", { COORDINATOR_URL: "http://c", PLAINTEXT: "true" }),
    ],
    found: [],
  },
  {
    policy: POLICY,
    title: "a switch from a ConfigMap of the stack, from a Secret, and from elsewhere",
    resources: [
      any("kubernetes:core/v1:ConfigMap")("settings", {
        metadata: { name: "settings", namespace: "media" },
        data: { MPEGFLOW_PLAINTEXT: "true" },
      }),
      kubernetesSecret("hidden", {
        metadata: { name: "hidden", namespace: "media" },
        stringData: { MPEGFLOW_COORDINATOR_PLAINTEXT: "false" },
      }),
      taking("a", { configMapRef: { name: "settings" } }),
      taking("b", { secretRef: { name: "hidden" } }),
      deployment("c", {
        spec: {
          containers: [
            {
              env: [{ name: "MPEGFLOW_PLAINTEXT", valueFrom: { configMapKeyRef: { name: "x", key: "y" } } }],
            },
          ],
        },
      }),
    ],
    found: [
      found("c", unread("MPEGFLOW_PLAINTEXT")),
      found("a", IN_PLACE),
      found("b", unread("MPEGFLOW_COORDINATOR_PLAINTEXT")),
    ],
  },
  {
    policy: POLICY,
    title: "a ConfigMap of the stack by which nothing is in clear",
    resources: [
      any("kubernetes:core/v1:ConfigMap")("settings", {
        metadata: { name: "settings", namespace: "media" },
        data: {
          MPEGFLOW_PLAINTEXT: "false",
          MPEGFLOW_PLAINTEXT_PORT: "",
          MPEGFLOW_COORDINATOR_URL: "https://c.media.svc",
        },
      }),
      taking("a", { configMapRef: { name: "settings" } }),
    ],
    found: [],
  },
];
