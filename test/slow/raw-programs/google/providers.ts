import * as gcp from "@pulumi/gcp";

// Each of these is another plugin to the engine: a version of its own, or a place of its own to get it from.
const archive = new gcp.Provider(
  "archive",
  {
    project: "studio-archive",
    region: "europe-west1",
    scopes: ["https://www.googleapis.com/auth/cloud-platform"],
    batching: { enableBatching: false },
  },
  { version: "8.41.1" },
);
new gcp.storage.Bucket("vault", { location: "EU", storageClass: "ARCHIVE" }, { provider: archive });
new gcp.storage.Bucket("pinned", { location: "EU" }, { version: "7.38.0" });
new gcp.filestore.Instance(
  "scratch",
  {
    tier: "BASIC_HDD",
    fileShares: { name: "scratch", capacityGb: 1024 },
    networks: [{ network: "default", modes: ["MODE_IPV4"] }],
  },
  { version: "9.1.0", pluginDownloadURL: "https://plugins.example.com/gcp" },
);
