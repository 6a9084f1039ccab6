import * as gcp from "@pulumi/gcp";

const masters = gcp.storage.Bucket.get("masters", "studio-masters");
const recordings = new gcp.storage.Bucket(
  "recordings",
  { name: "studio-recordings", location: "EU", uniformBucketLevelAccess: true },
  { import: "studio-recordings", protect: true, ignoreChanges: ["labels"] },
);
new gcp.bigquery.Connection(
  "lake",
  { connectionId: "lake", location: "EU", cloudResource: {} },
  { import: "projects/studio-dailies/locations/EU/connections/lake" },
);
const renamed = new gcp.storage.Bucket(
  "stems",
  { location: "EU" },
  {
    aliases: [{ name: "audio-stems" }, "urn:pulumi:dev::old::gcp:storage/bucket:Bucket::stems"],
    retainOnDelete: true,
    replaceOnChanges: ["location"],
    customTimeouts: { create: "20m" },
  },
);
const found = gcp.storage.getBucketOutput({ name: "studio-trailers" });
new gcp.storage.BucketIAMMember("trailers", {
  bucket: found.name,
  role: "roles/storage.objectUser",
  member: "group:trailers@example.com",
});
new gcp.storage.TransferJob("copy", {
  description: "masters to recordings",
  schedule: { scheduleStartDate: { year: 2026, month: 12, day: 1 } },
  transferSpec: {
    gcsDataSource: { bucketName: masters.name },
    gcsDataSink: { bucketName: recordings.name },
  },
});

export const mastersLocation = masters.location;
export const stemsUrl = renamed.url;
