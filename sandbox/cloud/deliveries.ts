import { v1 } from "@google-cloud/pubsub";
import { credentials } from "@grpc/grpc-js";
import type { Iam } from "../iam/index.ts";
import type { IdentityTokens } from "./identity-tokens.ts";
import type { Subscription } from "./messaging-types.ts";
import type { Delivery } from "./messaging.ts";
import { startPush } from "./push.ts";
import { startStorageExport } from "./storage-export.ts";

interface DeliveryOptions {
  /** `127.0.0.1:PORT` of Pub/Sub. */
  host: string;
  projectId: string;
  projectNumber: string;
  iam: Pick<Iam, "serviceAccounts">;
  identityTokens: IdentityTokens;
  /** Access tokens for the sandbox's own services. */
  accessToken: (principal: string) => string;
  /** URL of the store, once it listens. */
  storage: () => string;
  clock: () => Date;
  log: (details: object, message: string) => void;
}

/** What brings messages to endpoints and buckets, for subscriptions that are declared to. */
export function deliveries(options: DeliveryOptions) {
  const { host, projectId, projectNumber, iam, identityTokens, clock, log } = options;
  const [servicePath = "127.0.0.1", port] = host.split(":");
  const agent = `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  const subscriber = new v1.SubscriberClient({
    projectId,
    servicePath,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
  });

  const identityToken = (email: string, audience: string): string => {
    const account = iam.serviceAccounts.get(email);
    if (account === undefined) throw new Error(`there is no service account ${email} to sign deliveries`);
    return identityTokens.issue({ email, uniqueId: account.uniqueId }, audience);
  };
  const write = async (bucket: string, name: string, text: string): Promise<void> => {
    const query = new URLSearchParams({ uploadType: "media", name });
    const answer = await fetch(`${options.storage()}/upload/storage/v1/b/${bucket}/o?${query.toString()}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${options.accessToken(agent)}`,
        "content-type": "text/plain; charset=utf-8",
      },
      body: text,
    });
    if (!answer.ok) throw new Error(`Cloud Storage answered ${answer.status}: ${await answer.text()}`);
  };

  return {
    start: (name: string, settings: Subscription): Delivery | undefined => {
      const subscription = `projects/${projectId}/subscriptions/${name}`;
      const { pushConfig, cloudStorageConfig } = settings;
      if (pushConfig !== undefined) {
        return startPush({
          subscriber,
          subscription,
          settings: { ...settings, pushConfig },
          identityToken,
          log,
        });
      }
      return cloudStorageConfig === undefined
        ? undefined
        : startStorageExport({ subscriber, subscription, config: cloudStorageConfig, write, clock, log });
    },
    close: () => subscriber.close(),
  };
}
