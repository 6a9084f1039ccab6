import { z } from "zod";
import type { PodSources } from "../../cluster/index.ts";
import { ApiError, unlessMissing, type ApiClient } from "../client/index.ts";

const dataSchema = z.looseObject({
  data: z.record(z.string(), z.string()).default({}),
  binaryData: z.record(z.string(), z.string()).default({}),
});
const tokenSchema = z.looseObject({
  status: z.looseObject({ token: z.string(), expirationTimestamp: z.string() }),
});

/** What pods need of the API server: config maps, secrets, and tokens by TokenRequest that are bound to the pod. */
export function apiSources(client: ApiClient): PodSources {
  const data = (plural: string, encoding: "utf8" | "base64") => async (namespace: string, name: string) => {
    const found = await unlessMissing(
      client.call("GET", `/api/v1/namespaces/${namespace}/${plural}/${name}`),
    );
    if (found === undefined) return undefined;
    const { data: texts, binaryData } = dataSchema.parse(found);
    return new Map([
      ...Object.entries(texts).map(([key, value]) => [key, Buffer.from(value, encoding)] as const),
      ...Object.entries(binaryData).map(([key, value]) => [key, Buffer.from(value, "base64")] as const),
    ]);
  };
  return {
    configMap: data("configmaps", "utf8"),
    secret: data("secrets", "base64"),
    token: async ({ namespace, serviceAccount, name, uid }, { audience, expirationSeconds }) => {
      const answer = await client
        .call("POST", `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`, {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenRequest",
          spec: {
            audiences: audience === undefined ? [] : [audience],
            expirationSeconds,
            boundObjectRef: { kind: "Pod", apiVersion: "v1", name, uid },
          },
        })
        .catch((error: unknown) => {
          if (error instanceof ApiError) throw new Error(`no token for ${serviceAccount}: ${error.message}`);
          throw error;
        });
      const { token, expirationTimestamp } = tokenSchema.parse(answer).status;
      return { token, expires: new Date(expirationTimestamp) };
    },
  };
}
