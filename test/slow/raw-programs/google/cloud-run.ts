import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

const location = gcp.config.region ?? "us-central1";

const repository = new gcp.artifactregistry.Repository("site", {
  location,
  repositoryId: "site",
  format: "DOCKER",
});

const account = new gcp.serviceaccount.Account("site", { accountId: "site-runner" });

const service = new gcp.cloudrunv2.Service("site", {
  location,
  ingress: "INGRESS_TRAFFIC_ALL",
  template: {
    serviceAccount: account.email,
    scaling: { maxInstanceCount: 4 },
    containers: [
      {
        image: pulumi.interpolate`${location}-docker.pkg.dev/${repository.project}/${repository.name}/site:latest`,
        envs: [{ name: "MODE", value: pulumi.getStack() }],
      },
    ],
  },
});

new gcp.cloudrunv2.ServiceIamMember("everyone", {
  name: service.name,
  location: service.location,
  role: "roles/run.invoker",
  member: "allUsers",
});

new gcp.cloudrun.DomainMapping("site", {
  name: "www.example.com",
  location,
  metadata: { namespace: service.project },
  spec: { routeName: service.name },
});

export const siteUrl = service.uri;
export const siteHost = service.uri.apply((uri) => new URL(uri).host);
