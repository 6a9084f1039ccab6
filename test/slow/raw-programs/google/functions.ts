import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

const source = new gcp.storage.Bucket("function-source", { location: "us-central1" });

const archive = new gcp.storage.BucketObject("thumbnail.zip", {
  bucket: source.name,
  source: new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset("exports.handler = (event) => event;"),
  }),
});

const uploads = new gcp.storage.Bucket("uploads", { location: "us-central1", forceDestroy: true });

const handler = new gcp.cloudfunctionsv2.Function("thumbnail", {
  location: "us-central1",
  buildConfig: {
    runtime: "nodejs22",
    entryPoint: "handler",
    source: { storageSource: { bucket: source.name, object: archive.name } },
  },
  serviceConfig: { availableMemory: "512M", timeoutSeconds: 120 },
  eventTrigger: {
    eventType: "google.cloud.storage.object.v1.finalized",
    eventFilters: [{ attribute: "bucket", value: uploads.name }],
  },
});

const tick = new gcp.pubsub.Topic("tick");
new gcp.cloudscheduler.Job("tick", {
  schedule: "*/15 * * * *",
  pubsubTarget: { topicName: tick.id, data: Buffer.from("now").toString("base64") },
});
new gcp.cloudtasks.Queue("thumbnails", { location: "us-central1" });
new gcp.eventarc.Trigger("audit", {
  location: "us-central1",
  matchingCriterias: [{ attribute: "type", value: "google.cloud.audit.log.v1.written" }],
  destination: { cloudRunService: { service: handler.name, region: "us-central1" } },
});

export const functionUri = handler.serviceConfig.apply((config) => config?.uri);
