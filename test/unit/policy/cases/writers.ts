import { outputOf, UNKNOWN, type GivenResource } from "../../../../testing/index.ts";
import {
  account,
  any,
  bucket,
  bucketGrant,
  cluster,
  customRole,
  deployment,
  principal,
  principalSet,
  projectGrant,
  service,
  type Case,
} from "./case.ts";

const POLICY = "two-region-writers-require-dual-region";
const SINGLE = { "mpegflow-access-pattern": "single-writer" };
const EMAIL = "svc@p.iam.gserviceaccount.com";
const MEMBER = `serviceAccount:${EMAIL}`;
const ACCOUNT = "gcp:serviceaccount/account:Account::svc";
const REGIONS = ["us-central1", "us-east1"];

/** A bucket that may take writers of one region only. */
const one = bucket("masters", { location: "US", rpo: undefined, labels: SINGLE });
const refused = [
  'Bucket "masters" must be a dual-region with rpo ASYNC_TURBO, because programs in us-central1 and us-east1 write to it. Its location "US" is a multi-region.',
];
const grant = bucketGrant("writes", { bucket: "masters", role: "roles/storage.objectUser", member: MEMBER });
const own = account("svc", { accountId: "svc", project: "p", email: UNKNOWN.string });

const inBoth = (make: (region: string) => GivenResource): GivenResource[] => REGIONS.map(make);
const services = inBoth((location) =>
  service(`svc-${location}`, { location, template: { serviceAccount: EMAIL } }),
);

/** Programs of both regions that run as the account, as each type of resource names it. */
const PROGRAMS: Readonly<Record<string, (region: string) => GivenResource>> = {
  "Cloud Run's first services": (location) =>
    any("gcp:cloudrun/service:Service")(`v1-${location}`, {
      location,
      template: { spec: { serviceAccountName: EMAIL } },
    }),
  "Cloud Run's jobs": (location) =>
    any("gcp:cloudrunv2/job:Job")(`job-${location}`, {
      location,
      template: { template: { serviceAccount: EMAIL } },
    }),
  "functions of the first generation": (region) =>
    any("gcp:cloudfunctions/function:Function")(`f1-${region}`, { region, serviceAccountEmail: EMAIL }),
  "functions of the second generation": (location) =>
    any("gcp:cloudfunctionsv2/function:Function")(`f2-${location}`, {
      location,
      serviceConfig: { serviceAccountEmail: EMAIL },
    }),
  machines: (region) =>
    any("gcp:compute/instance:Instance")(`vm-${region}`, {
      zone: `${region}-b`,
      serviceAccount: { email: EMAIL },
    }),
  "machines as bare Terraform writes them": (region) =>
    any("google:index/computeInstance:ComputeInstance")(`vm-${region}`, {
      zone: `${region}-b`,
      serviceAccount: [{ email: EMAIL }],
    }),
  "node pools": (location) =>
    any("gcp:container/nodePool:NodePool")(`pool-${location}`, {
      location,
      nodeConfig: { serviceAccount: EMAIL },
    }),
  "pools inside a cluster": (location) =>
    cluster(`c-${location}`, { location, nodePools: [{ nodeConfig: { serviceAccount: EMAIL } }] }),
  "Dataflow's jobs": (region) =>
    any("gcp:dataflow/job:Job")(`flow-${region}`, { region, serviceAccountEmail: EMAIL }),
  workstations: (location) =>
    any("gcp:workstations/workstationConfig:WorkstationConfig")(`ws-${location}`, {
      location,
      host: { gceInstance: { serviceAccount: EMAIL } },
    }),
  workflows: (region) =>
    any("gcp:workflows/workflow:Workflow")(`flow-${region}`, { region, serviceAccount: EMAIL }),
};

/** Grants that let the account write, wherever they are. */
const GRANTS: Readonly<Record<string, readonly GivenResource[]>> = {
  "a binding of the bucket": [
    any("gcp:storage/bucketIAMBinding:BucketIAMBinding")("w", {
      bucket: "masters",
      role: "roles/storage.objectCreator",
      members: ["group:people@example.com", MEMBER],
    }),
  ],
  "a policy of the bucket": [
    any("gcp:storage/bucketIAMPolicy:BucketIAMPolicy")("w", {
      bucket: "masters",
      policyData: JSON.stringify({ bindings: [{ role: "roles/storage.admin", members: [MEMBER] }] }),
    }),
  ],
  "a native policy of the bucket": [
    any("google-native:storage/v1:BucketIamPolicy")("w", {
      bucket: "masters",
      bindings: [{ role: "roles/storage.admin", members: [MEMBER] }],
    }),
  ],
  "a managed folder": [
    any("gcp:storage/managedFolderIamMember:ManagedFolderIamMember")("w", {
      bucket: "masters",
      managedFolder: "out/",
      role: "roles/storage.objectUser",
      member: MEMBER,
    }),
  ],
  "the project": [projectGrant("w", { project: "p", role: "roles/storage.objectAdmin", member: MEMBER })],
  "the project, as its editor": [projectGrant("w", { role: "roles/editor", member: MEMBER })],
  "the folder": [
    any("gcp:folder/iAMBinding:IAMBinding")("w", {
      folder: "folders/1",
      role: "roles/storage.objectUser",
      members: [MEMBER],
    }),
  ],
  "the organization": [
    any("gcp:organizations/iAMMember:IAMMember")("w", {
      orgId: "1",
      role: "roles/storage.folderAdmin",
      member: MEMBER,
    }),
  ],
  "a role that has it beside others": [projectGrant("w", { role: "roles/dataflow.worker", member: MEMBER })],
  "a custom role by its name": [
    customRole("writer", {
      roleId: "writer",
      permissions: ["storage.objects.get", "storage.objects.create"],
    }),
    { ...grant, props: { ...grant.props, role: "projects/p/roles/writer" } },
  ],
  "a custom role of the organization, before its name is known": [
    any("gcp:organizations/iAMCustomRole:IAMCustomRole")("writer", {
      roleId: "writer",
      permissions: ["storage.objects.create"],
    }),
    {
      ...grant,
      props: { ...grant.props, role: outputOf("gcp:organizations/iAMCustomRole:IAMCustomRole::writer") },
    },
  ],
  "an access control list": [
    any("gcp:storage/bucketACL:BucketACL")("w", {
      bucket: "masters",
      roleEntities: [`WRITER:user-${EMAIL}`],
    }),
  ],
  "an entry of an access control list": [
    any("gcp:storage/bucketAccessControl:BucketAccessControl")("w", {
      bucket: "masters",
      role: "OWNER",
      entity: `user-${EMAIL}`,
    }),
  ],
  "its address in other letters": [
    {
      ...grant,
      props: { ...grant.props, member: MEMBER.toUpperCase().replace("SERVICEACCOUNT", "serviceAccount") },
    },
  ],
  "another account that it may act as": [
    bucketGrant("w", {
      bucket: "masters",
      role: "roles/storage.objectUser",
      member: "serviceAccount:signer@p.iam.gserviceaccount.com",
    }),
    any("gcp:serviceaccount/iAMMember:IAMMember")("signs", {
      serviceAccountId: "projects/p/serviceAccounts/signer@p.iam.gserviceaccount.com",
      role: "roles/iam.serviceAccountTokenCreator",
      member: MEMBER,
    }),
  ],
};

/** Grants that let nobody here write. */
const HARMLESS: Readonly<Record<string, readonly GivenResource[]>> = {
  "a custom role that reads": [
    customRole("reader", { roleId: "reader", permissions: ["storage.objects.get"] }),
    { ...grant, props: { ...grant.props, role: "projects/p/roles/reader" } },
  ],
  "a role of another project": [
    projectGrant("w", { project: "q", role: "roles/storage.objectAdmin", member: MEMBER }),
  ],
  "a role for another account": [
    { ...grant, props: { ...grant.props, member: "serviceAccount:o@p.iam.gserviceaccount.com" } },
  ],
  "a role that only reads": [projectGrant("w", { role: "roles/viewer", member: MEMBER })],
};

const clusters = inBoth((location) => cluster(`c-${location}`, { location }));
const CLUSTER = (region: string): string => `gcp:container/cluster:Cluster::c-${region}`;
const providers = inBoth((region) => ({
  type: "pulumi:providers:kubernetes",
  name: `k-${region}`,
  props: { kubeconfig: outputOf(CLUSTER(region)) },
}));
/** What goes into the cluster of a region, as a first preview has it. */
const into = (region: string, resource: GivenResource): GivenResource => ({
  ...resource,
  name: `${resource.name}-${region}`,
  withoutOutputs: true,
  provider: { type: "pulumi:providers:kubernetes", name: `k-${region}` },
});
const onClusters = (resource: GivenResource): GivenResource[] => inBoth((region) => into(region, resource));
const writesAs = (member: string): GivenResource => ({ ...grant, props: { ...grant.props, member } });
const podSpec = { serviceAccountName: "packager", containers: [{ name: "c" }] };

const WORKLOADS: Readonly<Record<string, object>> = {
  "apps/v1:Deployment": { template: { spec: podSpec } },
  "apps/v1:StatefulSet": { template: { spec: podSpec } },
  "apps/v1:DaemonSet": { template: { spec: podSpec } },
  "apps/v1:ReplicaSet": { template: { spec: podSpec } },
  "core/v1:ReplicationController": { template: { spec: podSpec } },
  "core/v1:Pod": podSpec,
  "batch/v1:Job": { template: { spec: podSpec } },
  "batch/v1:CronJob": { jobTemplate: { spec: { template: { spec: podSpec } } } },
  "keda.sh/v1alpha1:ScaledJob": { jobTargetRef: { template: { spec: podSpec } } },
};

const packager = any("kubernetes:apps/v1:Deployment")("packager", {
  metadata: { namespace: "media" },
  spec: { template: { spec: podSpec } },
});

const passes = (title: string, resources: readonly GivenResource[]): Case => ({
  policy: POLICY,
  title,
  resources,
  found: [],
});
const refuses = (title: string, resources: readonly GivenResource[]): Case => ({
  policy: POLICY,
  title,
  resources,
  found: refused,
});
const doubts = (title: string, resources: readonly GivenResource[]): Case => ({
  policy: POLICY,
  title,
  resources,
  found: [],
  undecided: true,
});

const ANNOTATION = "iam.gke.io/gcp-service-account";
const COMPUTE = "serviceAccount:1-compute@developer.gserviceaccount.com";
const SCOPES = ["https://www.googleapis.com/auth/cloud-platform"];
const vm = (region: string, props: object): GivenResource =>
  any("gcp:compute/instance:Instance")(`vm-${region}`, { zone: `${region}-b`, ...props });

/** Programs of both regions that name no account, or the default one by its short name. */
const DEFAULT_PROGRAMS: Readonly<Record<string, (region: string) => GivenResource>> = {
  "machines with scopes": (region) => vm(region, { serviceAccount: { scopes: ["cloud-platform"] } }),
  "machines of the account default": (region) =>
    vm(region, { serviceAccount: { email: "default", scopes: ["storage-rw"] } }),
  "google-native's machines": (region) =>
    any("google-native:compute/v1:Instance")(`vm-${region}`, {
      zone: `${region}-b`,
      serviceAccounts: [{ email: "default", scopes: SCOPES }],
    }),
  "node pools": (location) =>
    any("gcp:container/nodePool:NodePool")(`pool-${location}`, {
      location,
      nodeConfig: { oauthScopes: SCOPES },
    }),
  "google-native's node pools": (location) =>
    any("google-native:container/v1:NodePool")(`pool-${location}`, {
      location,
      config: { oauthScopes: SCOPES, serviceAccount: "default" },
    }),
  clusters: (location) => cluster(`c-${location}`, { location, nodeConfig: { oauthScopes: SCOPES } }),
};

const template = any("gcp:compute/instanceTemplate:InstanceTemplate")("t", {
  name: UNKNOWN.string,
  serviceAccount: { email: outputOf(ACCOUNT) },
});
const TEMPLATE = outputOf("gcp:compute/instanceTemplate:InstanceTemplate::t");

export const writers: readonly Case[] = [
  ...Object.entries(PROGRAMS).map(([title, make]) => refuses(title, [one, grant, ...inBoth(make)])),
  ...Object.entries(GRANTS).map(([title, grants]) =>
    refuses(`services that may write by ${title}`, [one, ...services, ...grants]),
  ),
  ...Object.entries(HARMLESS).map(([title, grants]) =>
    passes(`services with ${title}`, [
      { ...one, props: { ...one.props, project: "p" } },
      ...services,
      ...grants,
    ]),
  ),
  ...Object.entries(WORKLOADS).map(([type, spec]) =>
    refuses(`pods of ${type} in clusters of the same stack`, [
      one,
      writesAs(principal("media", "packager")),
      ...clusters,
      ...providers,
      ...onClusters(any(`kubernetes:${type}`)("packager", { metadata: { namespace: "media" }, spec })),
    ]),
  ),
  ...[principalSet("namespace/media"), principalSet("*"), "serviceAccount:p.svc.id.goog[media/packager]"].map(
    (member) =>
      refuses(`pods that are named by ${member}`, [
        one,
        writesAs(member),
        ...clusters,
        ...providers,
        ...onClusters(packager),
      ]),
  ),
  refuses("groups of machines in two regions, whose template alone names the account", [
    one,
    own,
    { ...grant, props: { ...grant.props, member: outputOf(ACCOUNT) } },
    template,
    any("gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager")("central", {
      region: "us-central1",
      versions: [{ instanceTemplate: TEMPLATE }],
    }),
    any("gcp:compute/instanceGroupManager:InstanceGroupManager")("east", {
      zone: "us-east1-b",
      versions: [{ instanceTemplate: TEMPLATE }],
    }),
  ]),
  refuses("groups of machines of the default account, by their template", [
    one,
    writesAs(COMPUTE),
    any("gcp:compute/instanceTemplate:InstanceTemplate")("t", {
      name: "t",
      serviceAccount: { scopes: ["cloud-platform"] },
    }),
    ...inBoth((region) =>
      any("gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager")(region, {
        region,
        versions: [{ instanceTemplate: "projects/p/global/instanceTemplates/t" }],
      }),
    ),
  ]),
  refuses("services that name no account, and the default account's role", [
    one,
    writesAs("serviceAccount:1-compute@developer.gserviceaccount.com"),
    ...inBoth((location) => service(`svc-${location}`, { location, template: {} })),
  ]),
  refuses("pods whose Kubernetes account stands for the writing one", [
    one,
    grant,
    ...clusters,
    ...providers,
    ...onClusters(packager),
    ...onClusters(
      any("kubernetes:core/v1:ServiceAccount")("sa", {
        metadata: {
          name: "packager",
          namespace: "media",
          annotations: { "iam.gke.io/gcp-service-account": EMAIL },
        },
      }),
    ),
  ]),
  passes("pods of another account on the same clusters", [
    one,
    writesAs(principal("media", "someone-else")),
    ...clusters,
    ...providers,
    ...onClusters(packager),
  ]),
  passes("pods of one region", [
    one,
    writesAs(principal("media", "packager")),
    ...clusters,
    ...providers,
    into("us-east1", packager),
  ]),
  doubts("a custom role that is not in the stack", [
    one,
    ...services,
    { ...grant, props: { ...grant.props, role: "projects/p/roles/elsewhere" } },
  ]),
  passes("such a role for programs of one region", [
    one,
    ...services.slice(0, 1),
    { ...grant, props: { ...grant.props, role: "projects/p/roles/elsewhere" } },
  ]),
  passes("such a role on a bucket that takes both", [
    bucket("masters"),
    ...services,
    { ...grant, props: { ...grant.props, role: "projects/p/roles/elsewhere" } },
  ]),
  doubts("a member that is not known yet", [one, ...services, writesAs(UNKNOWN.string)]),
  doubts("pods in two clusters whose regions are not in the stack", [
    one,
    writesAs(principal("media", "packager")),
    ...onClusters(packager),
  ]),

  ...Object.entries(DEFAULT_PROGRAMS).map(([title, make]) =>
    refuses(`${title} as the default account of Compute Engine, with its role`, [
      one,
      writesAs(COMPUTE),
      ...inBoth(make),
    ]),
  ),
  passes(
    "machines and nodes of the default account whose scopes let them read, and a machine without an account",
    [
      one,
      writesAs(COMPUTE),
      ...inBoth((region) => vm(region, { serviceAccount: { scopes: ["storage-ro"] } })),
      ...inBoth((region) => ({ ...vm(region, {}), name: `bare-${region}` })),
      ...inBoth((location) => cluster(`c-${location}`, { location, nodeConfig: {} })),
    ],
  ),
  refuses("App Engine in one region and a service of Cloud Run in another, as the same account", [
    one,
    grant,
    any("gcp:appengine/application:Application")("app", { locationId: "us-central" }),
    any("gcp:appengine/standardAppVersion:StandardAppVersion")("v1", { serviceAccount: EMAIL }),
    ...services.slice(1),
  ]),
  refuses("App Engine and a service of another region, as App Engine's default account", [
    one,
    writesAs("serviceAccount:p@appspot.gserviceaccount.com"),
    any("gcp:appengine/application:Application")("app", { locationId: "us-central" }),
    any("gcp:appengine/standardAppVersion:StandardAppVersion")("v1", {}),
    service("svc", {
      location: "us-east1",
      template: { serviceAccount: "p@appspot.gserviceaccount.com" },
    }),
  ]),
  passes("two versions on App Engine, which is in one region", [
    one,
    grant,
    ...["v1", "v2"].map((name) =>
      any("gcp:appengine/standardAppVersion:StandardAppVersion")(name, { serviceAccount: EMAIL }),
    ),
  ]),
  refuses("a group of the stack that the account is in", [
    one,
    writesAs("group:encoders@example.com"),
    any("gcp:cloudidentity/group:Group")("encoders", {
      name: "groups/abc",
      groupKey: { id: "Encoders@example.com" },
    }),
    any("gcp:cloudidentity/groupMembership:GroupMembership")("in", {
      group: "groups/abc",
      preferredMemberKey: { id: EMAIL },
    }),
    ...services,
  ]),
  doubts("a group, and the account's membership of one that is not in the stack", [
    one,
    writesAs("group:encoders@example.com"),
    any("gcp:cloudidentity/groupMembership:GroupMembership")("in", {
      group: "groups/abc",
      preferredMemberKey: { id: EMAIL },
    }),
    ...services,
  ]),
  passes("a group of people, and one of the stack that the account is in", [
    one,
    writesAs("group:people@example.com"),
    any("gcp:cloudidentity/group:Group")("encoders", {
      name: "groups/abc",
      groupKey: { id: "encoders@example.com" },
    }),
    any("gcp:cloudidentity/groupMembership:GroupMembership")("in", {
      group: "groups/abc",
      preferredMemberKey: { id: EMAIL },
    }),
    ...services,
  ]),
  doubts("every service account of a project", [
    one,
    writesAs("principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount"),
    ...services,
  ]),
  ...[
    { serviceAccount: { name: "packager", annotations: { [ANNOTATION]: EMAIL } } },
    { pods: [{ serviceAccountAnnotations: { [ANNOTATION]: EMAIL } }] },
  ].map((values, index) =>
    refuses(`charts on clusters of two regions, whose values have the account (${index})`, [
      one,
      grant,
      ...clusters,
      ...providers,
      ...onClusters(any("kubernetes:helm.sh/v3:Release")("packager", { namespace: "media", values })),
    ]),
  ),
  refuses("charts whose values name the Kubernetes account that is granted the role", [
    one,
    writesAs(principal("media", "packager")),
    ...clusters,
    ...providers,
    ...onClusters(
      any("kubernetes:helm.sh/v3:Release")("packager", {
        namespace: "media",
        values: { serviceAccount: { name: "packager" }, image: UNKNOWN.string },
      }),
    ),
  ]),
  passes("a bucket of each region, whose role the account has under a condition of its name", [
    ...inBoth((region) => bucket(`media-${region}`, { location: region, rpo: undefined })),
    ...inBoth((region) =>
      service(`svc-${region}`, {
        location: region,
        template: { serviceAccount: `svc-${region}@p.iam.gserviceaccount.com` },
      }),
    ),
    ...inBoth((region) =>
      projectGrant(`writes-${region}`, {
        role: "roles/storage.objectAdmin",
        member: `serviceAccount:svc-${region}@p.iam.gserviceaccount.com`,
        condition: { expression: `resource.name.startsWith("projects/_/buckets/media-${region}")` },
      }),
    ),
  ]),
  refuses("a condition that names the bucket", [
    one,
    ...services,
    projectGrant("w", {
      role: "roles/storage.objectAdmin",
      member: MEMBER,
      condition: { expression: 'resource.name.startsWith("projects/_/buckets/masters/objects/out/")' },
    }),
  ]),
  refuses("a condition of a time", [
    one,
    ...services,
    {
      ...grant,
      props: {
        ...grant.props,
        condition: { expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' },
      },
    },
  ]),
  doubts("a condition that is not read", [
    one,
    ...services,
    { ...grant, props: { ...grant.props, condition: { expression: 'resource.matchTag("1/env", "prod")' } } },
  ]),
  doubts("a condition that is not known yet", [
    one,
    ...services,
    { ...grant, props: { ...grant.props, condition: { expression: UNKNOWN.string } } },
  ]),
  passes("pods of each cluster, whose set has a role on the bucket of its region", [
    ...inBoth((region) => bucket(`media-${region}`, { location: region, rpo: undefined })),
    ...inBoth((location) => cluster(`c-${location}`, { name: `c-${location}`, location, project: "p" })),
    ...providers,
    ...onClusters(packager),
    ...inBoth((region) =>
      bucketGrant(`w-${region}`, {
        bucket: `media-${region}`,
        role: "roles/storage.objectAdmin",
        member: principalSet(
          `kubernetes.cluster/https://container.googleapis.com/v1/projects/p/locations/${region}/clusters/c-${region}`,
        ),
      }),
    ),
  ]),
  passes("pods of one name in the clusters of two projects, and a role for those of one", [
    one,
    writesAs(principal("media", "packager")),
    cluster("c-us-central1", { location: "us-central1", project: "p" }),
    cluster("c-us-east1", {
      location: "us-east1",
      project: "q",
      workloadIdentityConfig: { workloadPool: "q.svc.id.goog" },
    }),
    ...providers,
    ...onClusters(packager),
  ]),
  passes("pods of one name that stand for another account in each region", [
    ...inBoth((region) => bucket(`media-${region}`, { location: region, rpo: undefined })),
    ...clusters,
    ...providers,
    ...onClusters(packager),
    ...inBoth((region) =>
      into(
        region,
        any("kubernetes:core/v1:ServiceAccount")("sa", {
          metadata: {
            name: "packager",
            namespace: "media",
            annotations: { [ANNOTATION]: `svc-${region}@p.iam.gserviceaccount.com` },
          },
        }),
      ),
    ),
    ...inBoth((region) =>
      bucketGrant(`w-${region}`, {
        bucket: `media-${region}`,
        role: "roles/storage.objectAdmin",
        member: `serviceAccount:svc-${region}@p.iam.gserviceaccount.com`,
      }),
    ),
  ]),
  passes("a custom role that reads, beside one of the same id in another project that writes", [
    one,
    ...services,
    customRole("reads", { roleId: "media", project: "p", permissions: ["storage.objects.get"] }),
    customRole("writes", { roleId: "media", project: "q", permissions: ["storage.objects.create"] }),
    { ...grant, props: { ...grant.props, role: "projects/p/roles/media" } },
  ]),
  doubts(
    "a log bucket beside a media bucket that takes writers of both regions, who may write to the project",
    [
      bucket("media"),
      bucket("logs", { location: "US-WEST1", rpo: undefined }),
      ...services,
      projectGrant("w", { role: "roles/storage.objectAdmin", member: MEMBER }),
    ],
  ),
  passes("such a bucket that says one region writes to it", [
    bucket("media"),
    one,
    ...services,
    projectGrant("w", { role: "roles/editor", member: MEMBER }),
  ]),
  refuses("such a bucket whose own grant names them", [
    bucket("media"),
    one,
    grant,
    ...services,
    projectGrant("w", { role: "roles/editor", member: MEMBER }),
  ]),
  passes("a log bucket without a label beside a media bucket that takes both regions' writers", [
    bucket("media"),
    bucket("logs", { location: "US", rpo: undefined }),
    ...inBoth((region) =>
      deployment(`coordinator-${region}`, { env: { MPEGFLOW_REGION: region, MPEGFLOW_BUCKET: "media" } }),
    ),
    ...inBoth((region) => deployment(`encoders-${region}`, { env: { MPEGFLOW_REGION: region } })),
  ]),
  passes("a log bucket without a label beside buckets that each region's services write to", [
    bucket("logs", { location: "US", rpo: undefined }),
    ...services,
    ...inBoth((region) => bucket(`media-${region}`, { location: region, rpo: undefined })),
  ]),
  {
    policy: POLICY,
    title: "encoders of this product by a ScaledJob, whose bucket nobody names",
    resources: [
      bucket("masters", { location: "US", rpo: undefined }),
      ...inBoth((region) =>
        any("kubernetes:keda.sh/v1alpha1:ScaledJob")(`encoders-${region}`, {
          spec: {
            jobTargetRef: {
              template: {
                spec: { containers: [{ env: [{ name: "MPEGFLOW_REGION", value: region }] }] },
              },
            },
          },
        }),
      ),
    ],
    found: [
      'Bucket "masters" must be a dual-region with rpo ASYNC_TURBO, because this stack writes from us-central1 and us-east1, and a multi-region bucket that does not say how it is written is taken to be written from both. Its location "US" is a multi-region.',
    ],
  },
];
