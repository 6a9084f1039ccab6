import { parse } from "yaml";
import { z } from "zod";

/** How to reach an API server, and as whom. All in PEM but the URL and the token. */
export interface ApiAccess {
  server: string;
  ca: string;
  /** A client's. */
  certificate?: string | undefined;
  key?: string | undefined;
  /** Bearer token, in place of a certificate. */
  token?: string | undefined;
}

const pem = z.string().transform((text) => Buffer.from(text, "base64").toString("utf8"));
const kubeconfigSchema = z.looseObject({
  "current-context": z.string(),
  contexts: z.array(
    z.looseObject({
      name: z.string(),
      context: z.looseObject({ cluster: z.string(), user: z.string() }),
    }),
  ),
  clusters: z.array(
    z.looseObject({
      name: z.string(),
      cluster: z.looseObject({ server: z.url(), "certificate-authority-data": pem }),
    }),
  ),
  users: z.array(
    z.looseObject({
      name: z.string(),
      user: z.looseObject({
        "client-certificate-data": pem.optional(),
        "client-key-data": pem.optional(),
        token: z.string().optional(),
      }),
    }),
  ),
});

/**
 * The current context of a kubeconfig with embedded certificates.
 *
 * @throws Error for an invalid kubeconfig
 */
export function accessOf(kubeconfig: string): ApiAccess {
  const config = kubeconfigSchema.parse(parse(kubeconfig));
  const find = <T extends { name: string }>(list: readonly T[], name: string): T => {
    const found = list.find((one) => one.name === name);
    if (found === undefined) throw new Error(`the kubeconfig names ${name} and does not say what it is`);
    return found;
  };
  const { context } = find(config.contexts, config["current-context"]);
  const { cluster } = find(config.clusters, context.cluster);
  const { user } = find(config.users, context.user);
  return {
    server: cluster.server,
    ca: cluster["certificate-authority-data"],
    certificate: user["client-certificate-data"],
    key: user["client-key-data"],
    token: user.token,
  };
}
