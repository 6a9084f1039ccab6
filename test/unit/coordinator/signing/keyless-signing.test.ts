import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { FastifyInstance } from "fastify";
import { parseServiceAccount } from "../../../../sandbox/iam/index.ts";
import { metadataServer } from "../../../../sandbox/metadata/server.ts";
import {
  endpointFor,
  iamCredentials,
  loadKeys,
  signBlobBy,
  signerFor,
  type SignedOperation,
} from "../../../../services/coordinator/index.ts";
import { stubLonelyHome } from "../../lonely-home.ts";
import { projectId, projectNumber, startTestCloud, type TestCloud } from "../../providers/local-cloud.ts";

const writer = `writer@${projectId}.iam.gserviceaccount.com`;
const reader = `reader@${projectId}.iam.gserviceaccount.com`;
const coordinator = `principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${projectId}.svc.id.goog/subject/ns/mpegflow/sa/coordinator`;
const bucket = "keyless";

// Google's library takes its time to find out where it runs, on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The local cloud's store, IAM and signing, and the metadata server of the coordinator's pod. */
let cloud: TestCloud;
let metadata: FastifyInstance;
beforeAll(async () => {
  cloud = await startTestCloud();
  metadata = metadataServer({ principal: coordinator, tokens: cloud.tokens, projectId, projectNumber });
  const address = new URL(await metadata.listen({ host: "127.0.0.1", port: 0 }));
  vi.stubEnv("GCE_METADATA_HOST", address.host);
  vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
  // Else Google's library asks gcloud, if there is one.
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", projectId);
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
  stubLonelyHome();
  const uniform = { iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } };
  const created = await cloud.storage(
    "POST",
    `/storage/v1/b?project=${projectId}`,
    JSON.stringify({ name: bucket, ...uniform }),
  );
  expect(created.status).toBe(200);
  for (const email of [writer, reader]) await put("serviceAccounts", email, parseServiceAccount({ email }));
  const object = `//storage.googleapis.com/projects/_/buckets/${bucket}`;
  await bind("writes", object, "roles/storage.objectCreator", `serviceAccount:${writer}`);
  await bind("reads", object, "roles/storage.objectViewer", `serviceAccount:${reader}`);
});
afterAll(async () => {
  vi.resetConfig();
  vi.unstubAllEnvs();
  await metadata.close();
  await cloud.close();
});

async function put(collection: string, id: string, body: unknown): Promise<void> {
  const response = await fetch(`${cloud.address.url}/iam/${collection}/${encodeURIComponent(id)}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${cloud.address.token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}
const bind = (id: string, resource: string, role: string, member: string) =>
  put("bindings", id, { resource, role, member });
async function grantSigning(): Promise<void> {
  const name = `projects/${projectId}/roles/signer`;
  await put("roles", name, {
    name,
    title: "Signer",
    includedPermissions: ["iam.serviceAccounts.signBlob"],
  });
  for (const email of [writer, reader]) {
    const account = `//iam.googleapis.com/projects/${projectId}/serviceAccounts/${email}`;
    await bind(`signs-${email}`, account, name, coordinator);
  }
}

const signBlobAt = (url: string) =>
  signBlobBy({
    call: iamCredentials(url),
    limit: (task) => task(),
    now: () => performance.now(),
    sleep: () => Promise.resolve(),
    random: () => 0,
  });

/** The keys of a coordinator that is granted what it needs after its first failure, and why it failed before. */
async function keysOf(url: string) {
  const reasons: string[] = [];
  const keys = await loadKeys({
    config: {
      signer: { kind: "signBlob", email: writer, readEmail: reader, perSecond: 100, atOnce: 8 },
      leaseSecret: "projects/p/secrets/s/versions/latest",
    },
    readSecret: () => Promise.resolve(Buffer.from(Buffer.alloc(32, 1).toString("base64"))),
    signBlob: signBlobAt(url),
    signal: new AbortController().signal,
    onFailure: (reason) => {
      reasons.push(reason);
      if (reasons.length === 1) void grantSigning();
    },
  });
  if (keys === undefined) throw new Error("no keys were loaded");
  return { reasons, keys };
}

describe("a coordinator that signs by signBlob, at the local cloud", () => {
  it("is without keys and says what it lacks, until it is granted that; then the store takes its URLs", async () => {
    const { reasons, keys } = await keysOf(cloud.address.iamCredentials.url);
    expect(reasons[0]).toMatch(
      /^signBlob for (?:writer|reader)@\S+ failed: 403 Permission 'iam\.serviceAccounts\.signBlob' denied on resource \(or it may not exist\)\.; grant the coordinator's principal a role with iam\.serviceAccounts\.signBlob on that account$/,
    );
    const sign = signerFor({
      key: keys.write,
      readKey: keys.read,
      bucket,
      endpoint: endpointFor(cloud.address.storage.url),
      ttlSeconds: 600,
      now: () => new Date(),
    });
    const send = async (operation: SignedOperation, body?: string): Promise<string> => {
      const { url, method, headers } = await sign(operation, { job: "job-1" });
      const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
      const text = await response.text();
      return response.ok ? text : String(response.status);
    };
    expect(await send({ do: "upload", object: "a", createOnly: true, size: 6 }, "frames")).toBe("");
    expect(await send({ do: "download", object: "a" })).toBe("frames");
  });
});

describe("a failure of the service, as Google's library tells it,", () => {
  let server: Server;
  let signBlob: ReturnType<typeof signBlobAt>;
  let answers: number[] = [];
  beforeAll(async () => {
    server = createServer((_request, response) => {
      const status = answers.shift() ?? 200;
      const body =
        status === 200
          ? { signedBlob: Buffer.from("signed").toString("base64") }
          : { error: { code: status, status: "X", message: `said ${status}` } };
      response.writeHead(status, { "content-type": "application/json", connection: "close" });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    signBlob = signBlobAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(() => {
    server.close();
  });
  const sign = () => signBlob(writer, Buffer.from("x"));

  it.each([429, 500, 503])("is tried again when it is %d", async (status) => {
    answers = [status, status];
    expect(Buffer.from(await sign()).toString()).toBe("signed");
  });

  it("is not tried again when it is 400", async () => {
    answers = [400, 200];
    await expect(sign()).rejects.toMatchObject({
      code: 400,
      message: `signBlob for ${writer} failed: 400 said 400`,
    });
    expect(answers).toEqual([200]);
  });

  it("holds no token, in its message or anywhere in it", async () => {
    answers = [403];
    const error = await sign().catch((reason: unknown) => reason as Error);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("ya29");
    expect((error as Error).cause).toBeUndefined();
  });

  it("is told with the connection's code when nobody answers, after several tries", async () => {
    await new Promise((resolve) => server.close(resolve));
    const error = await sign().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    expect((error as Error).message).toMatch(/\(gave up after 7 tries\)$/);
  });
});
