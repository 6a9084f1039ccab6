import { z } from "zod";
import type { JobRecord, SignedRequest } from "../../services/protocol/index.ts";
import { type SigningKey, signUrl } from "../../services/signing/index.ts";
import type { CloudAddress } from "../../sandbox/cloud/address.ts";
import type { StackOutputs } from "./deploy.ts";

/** Seconds that the URLs of the summary stay valid. */
const urlTtlSeconds = 3600;

/** Signs a GET for each output by the stack's own signer, as the owner of the project may. */
export async function signOutputs(
  cloud: CloudAddress,
  outputs: StackOutputs,
  record: JobRecord,
): Promise<Map<string, SignedRequest>> {
  const sign = await outputSigner(cloud, outputs);
  const signed = record.outputs.map(async ({ name, uri }) => [name, await sign(uri)] as const);
  return new Map(await Promise.all(signed));
}

/** Signs a GET for an output's `gs://` address, by the stack's own signer. */
export async function outputSigner(
  cloud: CloudAddress,
  outputs: StackOutputs,
): Promise<(uri: string) => Promise<SignedRequest>> {
  const key = await signerOf(cloud, outputs);
  return async (uri) =>
    signUrl(key, {
      method: "GET",
      bucket: outputs.bucketName,
      object: uri.slice(`gs://${outputs.bucketName}/`.length),
      ttlSeconds: urlTtlSeconds,
      at: new Date(),
      endpoint: { url: cloud.storage.url, style: "path" },
    });
}

const accessed = z.object({ payload: z.object({ data: z.base64() }) });
const hmacKey = z.object({ accessId: z.string(), secret: z.string() });
const blobSigned = z.object({ signedBlob: z.base64() });

async function signerOf(cloud: CloudAddress, outputs: StackOutputs): Promise<SigningKey> {
  const authorization = `Bearer ${cloud.deployerToken}`;
  if (outputs.signerSecretVersion === undefined) {
    const email = outputs.readSignerEmail;
    const url = `${cloud.iamCredentials.url}/v1/projects/-/serviceAccounts/${email}:signBlob`;
    return {
      kind: "blob",
      clientEmail: email,
      signBlob: async (bytes) => {
        const response = await fetch(url, {
          method: "POST",
          headers: { authorization, "content-type": "application/json" },
          body: JSON.stringify({ payload: Buffer.from(bytes).toString("base64") }),
        });
        const { signedBlob } = blobSigned.parse(await response.json());
        return Buffer.from(signedBlob, "base64");
      },
    };
  }
  const version = `${cloud.secretManager.url}/v1/${outputs.signerSecretVersion}:access`;
  const response = await fetch(version, { headers: { authorization } });
  const { payload } = accessed.parse(await response.json());
  const { accessId, secret } = hmacKey.parse(JSON.parse(Buffer.from(payload.data, "base64").toString()));
  return { kind: "hmac", accessId, secret, scheme: "GOOG4" };
}
