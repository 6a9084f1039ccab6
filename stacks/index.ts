import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { MpegFlowPlatform } from "../components/index.ts";
import { readConfig } from "./config.ts";
import { platformArguments } from "./platform-arguments.ts";

const config = readConfig({
  project: pulumi.getProject(),
  stack: pulumi.getStack(),
  values: pulumi.runtime.allConfig(),
  secretKeys: JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[],
});

const [region] = config.placement.regions;
const google = new gcp.Provider("google", {
  project: config.projectId,
  ...(region !== undefined && { region }),
});

const platform = new MpegFlowPlatform(
  config.name,
  {
    ...platformArguments(config),
    clusters: config.clusters.map(({ region, context }) => ({
      region,
      provider: new kubernetes.Provider(region, { context }),
    })),
  },
  { providers: [google] },
);

export const projectId = config.projectId;
export const {
  bucketName,
  jobsTopic,
  jobsSubscription,
  jobEventsTopic,
  jobEventsSubscription,
  jobsDeadLetterTopic,
  jobsDeadLetterSubscription,
  signerEmail,
  signerSecretVersion,
  coordinatorServices,
  coordinatorUrls,
} = platform;
