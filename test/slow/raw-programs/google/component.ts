import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

interface DropboxArgs {
  location: string;
  readers: pulumi.Input<string>[];
}

class Dropbox extends pulumi.ComponentResource {
  readonly bucket: gcp.storage.Bucket;
  constructor(name: string, args: DropboxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("studio:index:Dropbox", name, args, opts);
    this.bucket = new gcp.storage.Bucket(name, { location: args.location }, { parent: this });
    new gcp.storage.BucketACL(
      name,
      { bucket: this.bucket.name, predefinedAcl: "publicRead" },
      { parent: this },
    );
    args.readers.forEach((reader, index) => {
      new gcp.storage.BucketAccessControl(
        `${name}-${index}`,
        { bucket: this.bucket.name, role: "READER", entity: reader },
        { parent: this },
      );
    });
    this.registerOutputs({ bucket: this.bucket.name });
  }
}

const dropbox = new Dropbox(
  "dailies",
  { location: "US-WEST1", readers: ["user-editor@example.com"] },
  {
    transforms: [
      ({ type, props, opts }) =>
        type === "gcp:storage/bucket:Bucket"
          ? { props: { ...props, labels: { team: "post" } }, opts }
          : undefined,
    ],
  },
);
const project = gcp.organizations.getProjectOutput({});
new gcp.monitoring.UptimeCheckConfig("dailies", {
  displayName: "dailies",
  timeout: "10s",
  httpCheck: { path: "/" },
  monitoredResource: {
    type: "uptime_url",
    labels: { project_id: project.projectId as unknown as string, host: "dailies.example.com" },
  },
});

export const dailies = dropbox.bucket.url;
