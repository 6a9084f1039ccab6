/** Store, Pub/Sub, secrets and metadata server for the soak, all on loopback. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PubSub } from "@google-cloud/pubsub";
import { Storage } from "@google-cloud/storage";
import { OAuth2Client } from "google-auth-library";
import { certificateAuthority } from "../../services/certificates/index.ts";
import { openStore } from "../../sandbox/gcs/index.ts";
import { openIam, parseServiceAccount, signedTokens } from "../../sandbox/iam/index.ts";
import { metadataServer } from "../../sandbox/metadata/server.ts";
import { startPubSub } from "../../sandbox/pubsub/index.ts";

const [projectId, projectNumber] = ["soak-project", "123456789012"];
const signer = `signer@${projectId}.iam.gserviceaccount.com`;
const principal = `principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${projectId}.svc.id.goog/subject/ns/mpegflow/sa/coordinator`;
export const bucketName = "soak";
export const jobsPrefix = ".mpegflow/jobs/";

export async function startCloud() {
  const directory = await mkdtemp(join(tmpdir(), "soak-"));
  const clock = (): Date => new Date();
  const tokens = signedTokens(randomBytes(32), clock);
  const iam = openIam(directory, projectId);
  const owner = "user:owner@example.com";
  const grant = (member: string, role: string, resource: string): void => {
    iam.bindings.put(`${resource} ${role} ${member}`, { resource, role, member });
  };
  const bucket = `//storage.googleapis.com/projects/_/buckets/${bucketName}`;
  iam.serviceAccounts.put(signer, parseServiceAccount({ email: signer }));
  grant(owner, "roles/owner", `//cloudresourcemanager.googleapis.com/projects/${projectId}`);
  grant(principal, "roles/storage.objectUser", bucket);
  grant(`serviceAccount:${signer}`, "roles/storage.objectUser", bucket);

  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const keyFile = join(directory, "signer.json");
  await writeFile(keyFile, JSON.stringify({ client_email: signer, private_key: privateKey }));

  const authority = await certificateAuthority("soak");
  const caFile = join(directory, "tls.crt");
  await Promise.all([
    writeFile(caFile, authority.certificate),
    writeFile(join(directory, "tls.key"), authority.key, { mode: 0o600 }),
  ]);

  const quiet = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const store = await openStore({
    directory: join(directory, "gcs"),
    clock,
    authorizer: iam,
    tokens,
    projectId,
    projectNumber,
    publicKeys: (email) => (email === signer ? [publicKey] : []),
    logger: quiet,
  });
  const storage = await store.listen({ host: "127.0.0.1", port: 0 });
  const metadata = metadataServer({ principal, tokens, projectId, projectNumber });
  const metadataUrl = await metadata.listen({ host: "127.0.0.1", port: 0 });
  const leaseKey = Buffer.from(randomBytes(32).toString("base64")).toString("base64");
  const secrets = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ payload: { data: leaseKey } }));
  });
  await new Promise<void>((resolve) => secrets.listen(0, "127.0.0.1", resolve));

  const emulator = await startPubSub();
  const pubsub = new PubSub({ projectId, apiEndpoint: emulator.host, emulatorMode: true });
  for (const name of ["jobs", "job-events"]) await pubsub.createTopic(name);
  await pubsub.topic("jobs").createSubscription("jobs-workers", { ackDeadlineSeconds: 10 });
  await pubsub.topic("job-events").createSubscription("soak");

  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: tokens.issue(owner, 7200) });
  const google = new Storage({
    projectId,
    apiEndpoint: storage.url,
    useAuthWithCustomEndpoint: true,
    authClient,
  });
  await google.createBucket(bucketName, { location: "US" });

  return {
    directory,
    faults: store.faults,
    pubsub,
    bucket: google.bucket(bucketName),
    /** The certificate of who vouches for coordinators. */
    caFile,
    /** With which a coordinator's pod serves HTTPS. */
    tlsEnvironment: { MPEGFLOW_TLS_DIRECTORY: directory, MPEGFLOW_TLS_NAMES: "localhost" },
    /** What a coordinator's pod gets. */
    coordinatorEnvironment: {
      MPEGFLOW_AUTHENTICATION: "none",
      MPEGFLOW_REGION: "us-central1",
      MPEGFLOW_PROJECT: projectId,
      MPEGFLOW_BUCKET: bucketName,
      MPEGFLOW_JOBS_TOPIC: "jobs",
      MPEGFLOW_JOBS_SUBSCRIPTION: "jobs-workers",
      MPEGFLOW_EVENTS_TOPIC: "job-events",
      MPEGFLOW_SIGNER: "rsa",
      MPEGFLOW_SIGNER_KEY_FILE: keyFile,
      MPEGFLOW_LEASE_SECRET: `projects/${projectId}/secrets/lease/versions/1`,
      MPEGFLOW_HOST: "127.0.0.1",
      MPEGFLOW_LEASE_SECONDS: "10",
      MPEGFLOW_URL_TTL_SECONDS: "120",
      MPEGFLOW_MAX_ATTEMPTS: "50",
      MPEGFLOW_BACKLOG: "20",
      MPEGFLOW_LOG_LEVEL: "error",
      STORAGE_EMULATOR_HOST: storage.url,
      PUBSUB_EMULATOR_HOST: emulator.host,
      SECRET_MANAGER_EMULATOR_HOST: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
      GCE_METADATA_HOST: metadataUrl.replace("http://", ""),
    },
    close: async () => {
      await pubsub.close();
      await emulator.stop();
      await metadata.close();
      secrets.closeAllConnections();
      secrets.close();
      await storage.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
export type Cloud = Awaited<ReturnType<typeof startCloud>>;
