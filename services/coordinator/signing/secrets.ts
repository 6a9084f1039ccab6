import { GoogleAuth } from "google-auth-library";
import { z } from "zod";
import { messageOf } from "../problem.ts";

/**
 * Reads a secret's payload.
 *
 * @param version `projects/P/secrets/S/versions/V`
 */
export type ReadSecret = (version: string) => Promise<Uint8Array>;

const accessResponse = z.object({ payload: z.object({ data: z.base64() }) });

/**
 * Secret Manager by REST with the default credentials.
 *
 * @param url scheme://host[:port]; Secret Manager's own, or a stand-in's
 * @see https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
 */
export function secretManager(url = "https://secretmanager.googleapis.com"): ReadSecret {
  const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  return async (version) => {
    let data: unknown;
    try {
      ({ data } = await auth.fetch<unknown>({ url: `${url}/v1/${version}:access`, timeout: 10_000 }));
    } catch (error) {
      throw new Error(`Secret ${version} cannot be read: ${messageOf(error)}`, { cause: error });
    }
    const parsed = accessResponse.safeParse(data);
    if (!parsed.success) throw new Error(`Secret ${version} cannot be read: the answer holds no payload`);
    return Buffer.from(parsed.data.payload.data, "base64");
  };
}

const leaseKeyText = z.string().trim().pipe(z.base64());
const shortestLeaseKey = 32;

/** Reads the key of lease tokens: base64 of at least 32 random bytes. Errors never contain the payload. */
export function parseLeaseKey(payload: Uint8Array): Uint8Array {
  const text = leaseKeyText.safeParse(new TextDecoder().decode(payload));
  const key = text.success ? Buffer.from(text.data, "base64") : undefined;
  if (key === undefined || key.length < shortestLeaseKey)
    throw new Error(`The lease secret must be base64 of at least ${shortestLeaseKey} random bytes`);
  return key;
}
