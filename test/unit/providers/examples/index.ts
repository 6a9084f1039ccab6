import { awsExamples } from "./aws.ts";
import { auditExamples } from "./audit.ts";
import { bigQueryExamples } from "./bigquery.ts";
import { clusterExamples } from "./clusters.ts";
import { deliveryExamples } from "./delivery.ts";
import { dockerBuildExamples } from "./docker-build.ts";
import type { Example } from "./example.ts";
import { googleExamples } from "./google.ts";
import { iamExamples } from "./iam.ts";
import { kmsExamples } from "./kms.ts";
import { kubernetesExamples } from "./kubernetes.ts";
import { networkExamples } from "./network.ts";
import { pubsubExamples } from "./pubsub.ts";
import { randomExamples } from "./random.ts";
import { tlsExamples } from "./tls.ts";

/** One of each modelled resource type, in the order of their dependencies. */
export const examples: Example[] = [
  ...awsExamples,
  ...googleExamples,
  ...pubsubExamples,
  ...iamExamples,
  ...networkExamples,
  ...deliveryExamples,
  ...clusterExamples,
  ...auditExamples,
  ...bigQueryExamples,
  ...kmsExamples,
  ...kubernetesExamples,
  ...randomExamples,
  ...tlsExamples,
  ...dockerBuildExamples,
];
