import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { providerOf, resourceOf } from "./sdk.js";

const Image = resourceOf("docker:index/image:Image", "4.9.0");
const Container = resourceOf("docker:index/container:Container", "4.9.0");
const Provider = providerOf("docker", "4.9.0");

const registry = new gcp.artifactregistry.Repository("images", {
  format: "DOCKER",
  location: "us",
  repositoryId: "images",
});
const image = new Image("site", {
  imageName: pulumi.interpolate`us-docker.pkg.dev/studio/${registry.repositoryId}/site`,
  build: { context: "./site", platform: "linux/amd64" },
  __outputs: ["repoDigest"],
});
const provider = new Provider("host", { host: "ssh://studio@10.0.0.9" });
new Container("site", { image: image.repoDigest, ports: [{ internal: 80, external: 8080 }] }, { provider });
