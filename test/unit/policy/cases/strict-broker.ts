import { outputOf, UNKNOWN } from "../../../../testing/index.ts";
import {
  account,
  any,
  backendBucket,
  bucketGrant,
  customRole,
  deployment,
  hmacKey,
  kubernetesAccount,
  kubernetesSecret,
  nodePool,
  principal,
  principalSet,
  projectGrant,
  secret,
  secretGrant,
  secretVersion,
  service,
  type Case,
} from "./case.ts";

const everybodyOf = (pool: string): string =>
  `principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/${pool}/*`;
const everyPodOf = (name: string): string =>
  principalSet(
    `kubernetes.cluster/https://container.googleapis.com/v1/projects/p/locations/us-east1/clusters/${name}`,
  );
const poolProvider = (pool: string, oidc: object) =>
  any("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider")(pool, {
    workloadIdentityPoolId: pool,
    oidc,
  });
const worker = deployment("encoder");
const oddWorker = deployment("jobs", { account: "default-pods", spec: {} });
const labelled = {
  ...oddWorker,
  props: {
    metadata: { namespace: "media" },
    spec: {
      template: {
        metadata: { labels: { "app.kubernetes.io/component": "transcoder" } },
        spec: { serviceAccountName: "default-pods" },
      },
    },
  },
};
const reads = (member: string) =>
  bucketGrant("reads", { bucket: "media", role: "roles/storage.objectViewer", member });
const gives = (member: string): string =>
  `BucketIAMMember "reads" gives roles/storage.objectViewer to ${member}.`;

const SIGNER = "signer@p.iam.gserviceaccount.com";
const key = hmacKey("key", { serviceAccountEmail: SIGNER });
const KEY = "gcp:storage/hmacKey:HmacKey::key";
const stored = [
  key,
  secret("hmac", { secretId: "hmac" }),
  secretVersion("hmac", { secret: "projects/p/secrets/hmac", secretData: outputOf(KEY) }),
];
const accessor = (member: string, role = "roles/secretmanager.secretAccessor") =>
  secretGrant("reader", { secretId: "hmac", role, member });

const signs = (env: Readonly<Record<string, string>>) => deployment("coordinator", { env });

export const strictBroker: readonly Case[] = [
  ...[
    principal("media", "encoder"),
    "serviceAccount:p.svc.id.goog[media/encoder]",
    principalSet("namespace/media"),
    principalSet("*"),
    principalSet("kubernetes.cluster/https://container.googleapis.com/v1/projects/p/locations/l/clusters/c"),
  ].map((member): Case => ({
    policy: "workers-hold-no-roles",
    title: `a role for ${member}`,
    resources: [worker, reads(member)],
    found: [gives(member)],
  })),
  {
    policy: "workers-hold-no-roles",
    title: "workers known by a label only, in a binding and in a policy",
    resources: [
      labelled,
      any("gcp:storage/bucketIAMBinding:BucketIAMBinding")("binding", {
        role: "roles/storage.admin",
        members: [principal("media", "default-pods"), principal("media", "coordinator")],
      }),
      any("gcp:storage/bucketIAMPolicy:BucketIAMPolicy")("policy", {
        policyData: JSON.stringify({
          bindings: [{ role: "roles/storage.objectViewer", members: [principal("media", "default-pods")] }],
        }),
      }),
    ],
    found: [
      `BucketIAMBinding "binding" gives roles/storage.admin to ${principal("media", "default-pods")}.`,
      `BucketIAMPolicy "policy" gives roles/storage.objectViewer to ${principal("media", "default-pods")}.`,
    ],
  },
  {
    policy: "workers-hold-no-roles",
    title: "roles of the coordinator, of another namespace and of people; a policy that is no JSON",
    resources: [
      worker,
      reads(principal("media", "coordinator")),
      bucketGrant("others", { role: "roles/storage.objectViewer", member: principalSet("namespace/other") }),
      bucketGrant("people", { role: "roles/storage.objectViewer", member: "group:video@example.com" }),
      any("gcp:storage/bucketIAMPolicy:BucketIAMPolicy")("policy", { policyData: "{" }),
    ],
    found: [],
  },
  {
    policy: "workers-hold-no-roles",
    title: "a member that is not known yet",
    resources: [worker, bucketGrant("later", { role: "roles/storage.objectViewer", member: UNKNOWN.string })],
    found: [],
    undecided: true,
  },
  {
    policy: "workers-hold-no-roles",
    title: "a member that is a service account of the stack, whose address is not known yet",
    resources: [
      worker,
      account("signer", { accountId: "signer", email: UNKNOWN.string }),
      bucketGrant("later", {
        role: "roles/storage.objectViewer",
        member: outputOf("gcp:serviceaccount/account:Account::signer"),
      }),
    ],
    found: [],
  },
  ...[
    "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/eks/subject/system:serviceaccount:media:encoder",
    "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/eks/*",
    "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/eks/attribute.namespace/media",
  ].map((member): Case => ({
    policy: "workers-hold-no-roles",
    title: `a role for ${member}, of another pool than GKE's`,
    resources: [worker, reads(member)],
    found: [gives(member)],
  })),
  {
    policy: "workers-hold-no-roles",
    title: "every pod of a cluster, one with workers and one without",
    resources: [
      ...["jobs", "tools"].flatMap((name) => [
        any("gcp:container/cluster:Cluster")(name, { name, location: "us-east1", project: "p" }),
        any("pulumi:providers:kubernetes")(name, {
          kubeconfig: outputOf(`gcp:container/cluster:Cluster::${name}`),
        }),
        bucketGrant(`reads-${name}`, {
          role: "roles/storage.objectViewer",
          member: everyPodOf(name),
        }),
      ]),
      { ...worker, provider: { type: "pulumi:providers:kubernetes", name: "jobs" } },
      { ...deployment("packager"), provider: { type: "pulumi:providers:kubernetes", name: "tools" } },
    ],
    found: [`BucketIAMMember "reads-jobs" gives roles/storage.objectViewer to ${everyPodOf("jobs")}.`],
  },
  {
    policy: "workers-hold-no-roles",
    title: "everybody of a pool that trusts GitHub, and of one that trusts a cluster by its keys",
    resources: [
      worker,
      ...["github", "onpremises"].map((name) =>
        bucketGrant(name, { role: "roles/storage.objectViewer", member: everybodyOf(name) }),
      ),
      poolProvider("github", { issuerUri: "https://token.actions.githubusercontent.com" }),
      poolProvider("onpremises", { issuerUri: "https://issuer.example.com", jwksJson: "{}" }),
    ],
    found: [`BucketIAMMember "onpremises" gives roles/storage.objectViewer to ${everybodyOf("onpremises")}.`],
  },
  {
    policy: "workers-hold-no-roles",
    title: "everybody of a pool whose providers are not in the stack",
    resources: [
      worker,
      bucketGrant("ci", { role: "roles/storage.objectViewer", member: everybodyOf("github") }),
    ],
    found: [],
    undecided: true,
  },
  {
    policy: "workers-hold-no-roles",
    title: "a project's policy as google-native writes it",
    resources: [
      worker,
      any("google-native:cloudresourcemanager/v1:ProjectIamPolicy")("policy", {
        resource: "p",
        bindings: [{ role: "roles/storage.admin", members: [principal("media", "encoder")] }],
      }),
    ],
    found: [`ProjectIamPolicy "policy" gives roles/storage.admin to ${principal("media", "encoder")}.`],
  },
  {
    policy: "workers-hold-no-roles",
    title: "workers of a provider that is not configured yet",
    resources: [{ ...labelled, withoutOutputs: true }, reads(principal("media", "default-pods"))],
    found: [gives(principal("media", "default-pods"))],
  },
  {
    policy: "workers-hold-no-roles",
    title: "workers by the names that the configuration gives",
    config: { workers: ["render-*"] },
    resources: [
      reads(principal("media", "render-farm")),
      bucketGrant("fine", { member: principal("media", "encoder") }),
    ],
    found: [gives(principal("media", "render-farm"))],
  },
  {
    policy: "worker-accounts-are-unbound",
    title: "an annotated account of workers, by its name and by its pods",
    resources: [
      kubernetesAccount("encoder", {
        metadata: { name: "encoder", annotations: { "iam.gke.io/gcp-service-account": SIGNER } },
      }),
      labelled,
      kubernetesAccount("pods", {
        metadata: {
          name: "default-pods",
          namespace: "media",
          annotations: { "iam.gke.io/gcp-service-account": SIGNER },
        },
      }),
    ],
    found: [
      `ServiceAccount "encoder" is a worker's and stands for ${SIGNER}.`,
      `ServiceAccount "pods" is a worker's and stands for ${SIGNER}.`,
    ],
  },
  {
    policy: "worker-accounts-are-unbound",
    title: "the same on a provider that is not configured yet, and an annotation that is patched in",
    resources: [
      { ...labelled, withoutOutputs: true },
      kubernetesAccount(
        "pods",
        {
          metadata: {
            name: "default-pods",
            namespace: "media",
            annotations: { "iam.gke.io/gcp-service-account": SIGNER },
          },
        },
        { withoutOutputs: true },
      ),
      any("kubernetes:core/v1:ServiceAccountPatch")(
        "patch",
        {
          metadata: { name: "encoder", annotations: { "iam.gke.io/gcp-service-account": UNKNOWN.string } },
        },
        { withoutOutputs: true },
      ),
    ],
    found: [
      'ServiceAccountPatch "patch" is a worker\'s and stands for one that is not known yet.',
      `ServiceAccount "pods" is a worker's and stands for ${SIGNER}.`,
    ],
  },
  {
    policy: "worker-accounts-are-unbound",
    title: "a worker's account without the annotation, and an annotated one of the coordinator",
    resources: [
      kubernetesAccount("encoder", { metadata: { name: "encoder", annotations: { team: "video" } } }),
      kubernetesAccount("coordinator", {
        metadata: { name: "coordinator", annotations: { "iam.gke.io/gcp-service-account": SIGNER } },
      }),
    ],
    found: [],
  },
  {
    policy: "no-service-account-keys",
    title: "a key of every provider",
    resources: [
      "gcp:serviceaccount/key:Key",
      "google-native:iam/v1:Key",
      "google:index/serviceAccountKey:ServiceAccountKey",
    ].map((type, index) => any(type)(`key-${index}`)),
    found: ["Key", "Key", "ServiceAccountKey"].map(
      (type, index) => `${type} "key-${index}" would be a credential that never expires.`,
    ),
  },
  {
    policy: "no-service-account-keys",
    title: "a service account",
    resources: [any("gcp:serviceaccount/account:Account")("signer", { accountId: "signer" })],
    found: [],
  },
  {
    policy: "hmac-keys-belong-to-signers",
    title: "a key of a shared account",
    resources: [hmacKey("key", { serviceAccountEmail: "1-compute@developer.gserviceaccount.com" })],
    found: [
      'HmacKey "key" belongs to 1-compute@developer.gserviceaccount.com, which Google attaches to other things too.',
    ],
  },
  {
    policy: "hmac-keys-belong-to-signers",
    title: "a key of an account that runs nodes and a service, stands for pods and has a role on the project",
    resources: [
      key,
      nodePool("nodes", { nodeConfig: { serviceAccount: SIGNER } }),
      any("gcp:cloudrunv2/service:Service")("api", { template: { serviceAccount: SIGNER } }),
      kubernetesAccount("pods", { metadata: { annotations: { "iam.gke.io/gcp-service-account": SIGNER } } }),
      projectGrant("wide", { role: "roles/storage.admin", member: `serviceAccount:${SIGNER}` }),
    ],
    found: [
      `HmacKey "key" belongs to ${SIGNER}, which runs nodes.`,
      `HmacKey "key" belongs to ${SIGNER}, which runs api.`,
      `HmacKey "key" belongs to ${SIGNER}, which the Kubernetes service account pods stands for.`,
      `HmacKey "key" belongs to ${SIGNER}, which has roles/storage.admin by wide.`,
    ],
  },
  {
    policy: "hmac-keys-belong-to-signers",
    title: "a key of an account with a role on a bucket only, beside nodes with another",
    resources: [
      key,
      bucketGrant("reads", { role: "roles/storage.objectViewer", member: `serviceAccount:${SIGNER}` }),
      nodePool("nodes", { nodeConfig: { serviceAccount: "nodes@p.iam.gserviceaccount.com" } }),
    ],
    found: [],
  },
  {
    policy: "hmac-keys-belong-to-signers",
    title:
      "an account that a template's machines and a function run as, before its address is known, and in other letters",
    resources: [
      account("signer", { accountId: "signer", project: "p", email: UNKNOWN.string }),
      hmacKey("key", { serviceAccountEmail: outputOf("gcp:serviceaccount/account:Account::signer") }),
      any("gcp:compute/instanceTemplate:InstanceTemplate")("machines", {
        serviceAccount: { email: "Signer@P.iam.gserviceaccount.com" },
      }),
      any("gcp:cloudfunctionsv2/function:Function")("function", {
        location: "us-east1",
        serviceConfig: { serviceAccountEmail: SIGNER },
      }),
    ],
    found: [
      'HmacKey "key" belongs to signer, which runs function.',
      'HmacKey "key" belongs to signer, which runs the machines of machines.',
    ],
  },
  {
    policy: "hmac-keys-belong-to-signers",
    title: "an owner that is not known yet",
    resources: [hmacKey("key", { serviceAccountEmail: UNKNOWN.string })],
    found: [],
    undecided: true,
  },
  {
    policy: "hmac-secrets-are-the-coordinators",
    title: "a secret that people, workers and every reader of the project can read, and a Kubernetes Secret",
    resources: [
      ...stored,
      accessor("group:video@example.com"),
      secretGrant("workers", {
        secretId: "hmac",
        role: "roles/secretmanager.secretAccessor",
        member: principal("media", "encoder"),
      }),
      projectGrant("wide", { role: "roles/secretmanager.admin", member: "user:someone@example.com" }),
      kubernetesSecret("copy", { stringData: { secret: outputOf(KEY) } }),
    ],
    found: [
      'HmacKey "key" has its secret in the Kubernetes Secret copy, where everyone who can read Secrets has it.',
      'HmacKey "key" can be read by group:video@example.com, by reader.',
      `HmacKey "key" can be read by ${principal("media", "encoder")}, by workers.`,
      'HmacKey "key" can be read by user:someone@example.com, which may read every secret of the project by wide.',
    ],
  },
  {
    policy: "hmac-secrets-are-the-coordinators",
    title: "readers by a custom role, by an administrator's role of a project, and by a native binding",
    resources: [
      ...stored,
      customRole("reads", { roleId: "reads", permissions: ["secretmanager.versions.access"] }),
      accessor("group:video@example.com", "projects/p/roles/reads"),
      projectGrant("admins", { role: "roles/iam.securityAdmin", member: "group:admins@example.com" }),
      any("google-native:secretmanager/v1:SecretIamBinding")("native", {
        name: "projects/p/secrets/hmac",
        role: "roles/secretmanager.secretAccessor",
        members: ["user:someone@example.com"],
      }),
    ],
    found: [
      'HmacKey "key" can be read by group:video@example.com, by reader.',
      'HmacKey "key" can be read by user:someone@example.com, by native.',
      'HmacKey "key" can be read by group:admins@example.com, which may read every secret of the project by admins.',
    ],
  },
  {
    policy: "hmac-secrets-are-the-coordinators",
    title: "a regional secret that people can read",
    resources: [
      key,
      any("gcp:secretmanager/regionalSecret:RegionalSecret")("hmac", {
        secretId: "hmac",
        location: "us-east1",
      }),
      any("gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion")("hmac", {
        secret: "projects/p/locations/us-east1/secrets/hmac",
        secretData: outputOf(KEY),
      }),
      any("gcp:secretmanager/regionalSecretIamBinding:RegionalSecretIamBinding")("people", {
        secretId: "hmac",
        role: "roles/secretmanager.secretAccessor",
        members: ["group:video@example.com"],
      }),
    ],
    found: ['HmacKey "key" can be read by group:video@example.com, by people.'],
  },
  {
    policy: "hmac-secrets-are-the-coordinators",
    title: "copies of the secret that are known: in variables, a ConfigMap, and a machine's metadata",
    resources: [
      { ...key, props: { ...key.props, accessId: "GOOG1ABC", secret: "s3cr3t/Key+0123456789" } },
      deployment("gateway", { env: { HMAC: "s3cr3t/Key+0123456789" } }),
      any("kubernetes:core/v1:ConfigMap")("variables", { data: { json: '{"s":"s3cr3t/Key+0123456789"}' } }),
      service("run", {
        template: { containers: [{ envs: [{ name: "HMAC", value: "s3cr3t/Key+0123456789" }] }] },
      }),
      any("gcp:compute/instance:Instance")("vm", {
        metadata: { hmac: Buffer.from("s3cr3t/Key+0123456789").toString("base64") },
      }),
      deployment("public", { env: { ACCESS_ID: "GOOG1ABC" } }),
    ],
    found: [
      ["Deployment", "gateway"],
      ["ConfigMap", "variables"],
      ["Service", "run"],
      ["Instance", "vm"],
    ].map(
      ([kind = "", name = ""]) =>
        `HmacKey "key" has its secret in the ${kind} ${name}, where everyone who can read that has it.`,
    ),
  },
  ...(["kubernetes:core/v1:ConfigMap", "gcp:cloudrunv2/service:Service"] as const).map((type): Case => ({
    policy: "hmac-secrets-are-the-coordinators",
    title: `a ${type} with a value of the key that is not known yet`,
    resources: [key, any(type)("copy", { data: { value: outputOf(KEY) } })],
    found: [],
    undecided: true,
  })),
  {
    policy: "hmac-secrets-are-the-coordinators",
    title: "a ConfigMap with the access id, which is no secret",
    resources: [
      { ...key, props: { ...key.props, accessId: "GOOG1ABC" } },
      any("kubernetes:core/v1:ConfigMap")("variables", { data: { id: outputOf(KEY, "GOOG1ABC") } }),
    ],
    found: [],
  },
  {
    policy: "hmac-secrets-are-the-coordinators",
    title: "a custom role of another stack",
    resources: [...stored, accessor("group:video@example.com", "projects/p/roles/elsewhere")],
    found: [],
    undecided: true,
  },
  {
    policy: "hmac-secrets-are-the-coordinators",
    title: "a secret that the coordinator reads, others may only list, and other secrets of others",
    resources: [
      ...stored,
      accessor(principal("media", "coordinator")),
      secretGrant("account", {
        secretId: "projects/p/secrets/hmac",
        role: "roles/secretmanager.secretAccessor",
        member: "serviceAccount:broker@p.iam.gserviceaccount.com",
      }),
      secretGrant("lists", {
        secretId: "hmac",
        role: "roles/secretmanager.viewer",
        member: "group:video@example.com",
      }),
      secret("other", { secretId: "other" }),
      secretGrant("others", {
        secretId: "other",
        role: "roles/secretmanager.secretAccessor",
        member: "group:video@example.com",
      }),
    ],
    found: [],
  },
  {
    policy: "signed-urls-are-short-lived",
    title: "lifetimes over 12 hours, in seconds and hours",
    resources: [
      signs({
        MPEGFLOW_URL_TTL_SECONDS: "43201",
        SIGNED_URL_EXPIRY_HOURS: "24",
        SIGNED_URL_VALIDITY_MINUTES: "60",
      }),
      deployment("gateway", { env: { presignedUrlTtl: "86401" } }),
    ],
    found: [
      'Deployment "coordinator" signs URLs for 43201 seconds (MPEGFLOW_URL_TTL_SECONDS); at most 43200.',
      'Deployment "coordinator" signs URLs for 86400 seconds (SIGNED_URL_EXPIRY_HOURS); at most 43200.',
      'Deployment "gateway" signs URLs for 86401 seconds (presignedUrlTtl); at most 43200.',
    ],
  },
  {
    policy: "signed-urls-are-short-lived",
    title: "lifetimes of 12 hours and less, and variables of other meaning",
    resources: [
      signs({
        MPEGFLOW_URL_TTL_SECONDS: "43200",
        CACHE_TTL_SECONDS: "999999",
        SIGNED_URL_CACHE_TTL_SECONDS: "999999",
        SIGNUP_TOKEN_EXPIRY_DAYS: "30",
        COORDINATOR_URL: "http://c",
      }),
    ],
    found: [],
  },
  {
    policy: "signed-urls-are-short-lived",
    title: "a CDN that keeps answers for a day: whose signature has expired gets none of them",
    resources: [backendBucket("cdn", { cdnPolicy: { signedUrlCacheMaxAgeSec: 86400 } })],
    found: [],
  },
  {
    policy: "signed-urls-are-short-lived",
    title: "durations in words, on the command line, and values that cannot be read",
    resources: [
      signs({ SIGNED_URL_TTL: "168h", SIGNED_URL_EXPIRY: "a week", SIGNED_URL_DURATION: "1d12h" }),
      deployment("flags", {
        spec: {
          containers: [
            {
              command: ["serve", "--signed-url-ttl=168h"],
              args: ["--signed-url-expiry-minutes", "10080", "--port", "80"],
            },
          ],
        },
      }),
      deployment("elsewhere", {
        spec: {
          containers: [
            {
              env: [{ name: "SIGNED_URL_TTL_SECONDS", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }],
            },
          ],
        },
      }),
    ],
    found: [
      'Deployment "coordinator" signs URLs for 604800 seconds (SIGNED_URL_TTL); at most 43200.',
      'Deployment "coordinator" signs URLs for a time that cannot be read here (SIGNED_URL_EXPIRY: "a week"); at most 43200 seconds.',
      'Deployment "coordinator" signs URLs for 129600 seconds (SIGNED_URL_DURATION); at most 43200.',
      'Deployment "flags" signs URLs for 604800 seconds (signed_url_ttl); at most 43200.',
      'Deployment "flags" signs URLs for 604800 seconds (signed_url_expiry_minutes); at most 43200.',
      'Deployment "elsewhere" signs URLs for a time that cannot be read here (SIGNED_URL_TTL_SECONDS); at most 43200 seconds.',
    ],
  },
  {
    policy: "signed-urls-are-short-lived",
    title: "short durations in words and on the command line, and flags of other meaning",
    resources: [
      signs({ SIGNED_URL_TTL: "12h", SIGNING_URL_TTL: "1h30m", SIGNED_URL_VALIDATION: "strict" }),
      deployment("flags", {
        spec: { containers: [{ args: ["--signed-url-ttl", "900s", "--cache-ttl=168h", "--verbose"] }] },
      }),
    ],
    found: [],
  },
  {
    policy: "signed-urls-are-short-lived",
    title: "lifetimes of keys, sessions, certificates, tokens and other addresses",
    resources: [
      signs({
        SIGNING_KEY_MAX_AGE_DAYS: "90",
        URL_SIGNING_KEY_MAX_AGE_DAYS: "90",
        SIGN_IN_SESSION_MAX_AGE: "604800",
        SIGN_UP_LINK_EXPIRY_DAYS: "7",
        CERT_SIGNING_DURATION: "8760h",
        JWT_SIGNING_TTL: "90d",
        SHORT_URL_DEFAULT_EXPIRY_DAYS: "30",
        BASE_URL_HSTS_MAX_AGE: "31536000",
        DATABASE_URL_ROTATION_DURATION: "30d",
      }),
      deployment("flags", {
        spec: { containers: [{ command: ["kube-controller-manager", "--cluster-signing-duration=8760h"] }] },
      }),
    ],
    found: [],
  },
  {
    policy: "signed-urls-are-short-lived",
    title: "weeks and months, by the name and in the value, and other names of the same",
    resources: [
      signs({
        GCS_SIGNED_URL_EXPIRATION_WEEKS: "1",
        SIGNED_URL_EXPIRY_MONTHS: "1",
        URL_SIGNING_TTL: "2w",
        PRESIGN_EXPIRES_SECONDS: "43201",
      }),
    ],
    found: [
      'Deployment "coordinator" signs URLs for 604800 seconds (GCS_SIGNED_URL_EXPIRATION_WEEKS); at most 43200.',
      'Deployment "coordinator" signs URLs for 2592000 seconds (SIGNED_URL_EXPIRY_MONTHS); at most 43200.',
      'Deployment "coordinator" signs URLs for 1209600 seconds (URL_SIGNING_TTL); at most 43200.',
      'Deployment "coordinator" signs URLs for 43201 seconds (PRESIGN_EXPIRES_SECONDS); at most 43200.',
    ],
  },
  {
    policy: "signed-urls-are-short-lived",
    title:
      "a week in a ConfigMap, a service and a job of Cloud Run, a function, and on a service's command line",
    resources: [
      any("kubernetes:core/v1:ConfigMap")("variables", { data: { SIGNED_URL_TTL_SECONDS: "604800" } }),
      service("service", {
        template: { containers: [{ envs: [{ name: "SIGNED_URL_TTL_SECONDS", value: "604800" }] }] },
      }),
      any("gcp:cloudrunv2/job:Job")("job", {
        template: { template: { containers: [{ envs: [{ name: "SIGNED_URL_TTL", value: "168h" }] }] } },
      }),
      any("gcp:cloudfunctionsv2/function:Function")("function", {
        serviceConfig: { environmentVariables: { SIGNED_URL_TTL_HOURS: "168" } },
      }),
      service("flags", { template: { containers: [{ args: ["--signed-url-ttl=168h"] }] } }),
    ],
    found: [
      'ConfigMap "variables" signs URLs for 604800 seconds (SIGNED_URL_TTL_SECONDS); at most 43200.',
      'Service "service" signs URLs for 604800 seconds (SIGNED_URL_TTL_SECONDS); at most 43200.',
      'Job "job" signs URLs for 604800 seconds (SIGNED_URL_TTL); at most 43200.',
      'Function "function" signs URLs for 604800 seconds (SIGNED_URL_TTL_HOURS); at most 43200.',
      'Service "flags" signs URLs for 604800 seconds (signed_url_ttl); at most 43200.',
    ],
  },
  {
    policy: "signed-urls-are-short-lived",
    title: "15 minutes there, beside variables that are not known yet",
    resources: [
      any("kubernetes:core/v1:ConfigMap")("variables", {
        data: { SIGNED_URL_TTL_SECONDS: "900", LATER: UNKNOWN.string },
      }),
      service("service", {
        template: {
          containers: [
            {
              image: UNKNOWN.string,
              envs: [
                { name: "OTHER", value: UNKNOWN.string },
                { name: "SIGNED_URL_TTL_SECONDS", value: "900" },
              ],
            },
          ],
        },
      }),
    ],
    found: [],
  },
  {
    policy: "signed-urls-are-short-lived",
    title: "a cap of one's own",
    config: { maxSeconds: 900 },
    resources: [signs({ MPEGFLOW_URL_TTL_SECONDS: "901" })],
    found: ['Deployment "coordinator" signs URLs for 901 seconds (MPEGFLOW_URL_TTL_SECONDS); at most 900.'],
  },
];
