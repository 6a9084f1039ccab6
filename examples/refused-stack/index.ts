import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";

/** Encoders in two regions write to one multi-region bucket: the mistake that the policies are there for, with others that often go along. */
const project = "studio-dailies";
const google = { provider: new gcp.Provider("google", { project }) };

const media = new gcp.storage.Bucket(
  "media",
  {
    name: `${project}-media`,
    location: "US",
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    forceDestroy: true,
  },
  google,
);
new gcp.storage.BucketIAMMember(
  "encoders-write",
  {
    bucket: media.name,
    role: "roles/storage.objectAdmin",
    member: `serviceAccount:${project}.svc.id.goog[default/encoder]`,
  },
  google,
);

for (const location of ["us-central1", "us-east1"]) {
  const cluster = new gcp.container.Cluster(
    location,
    { location, enableAutopilot: true, privateClusterConfig: { enablePrivateNodes: true } },
    google,
  );
  const provider = new kubernetes.Provider(location, { context: location }, { dependsOn: cluster });
  const labels = { app: "encoder" };
  const container = { name: "encoder", image: `us-docker.pkg.dev/${project}/encoder/encoder:1` };
  new kubernetes.apps.v1.Deployment(
    `encoder-${location}`,
    {
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { serviceAccountName: "encoder", containers: [container] },
        },
      },
    },
    { provider, dependsOn: cluster },
  );
}

export const bucket = media.url;
