/** Issue 15, number 6: TLS between worker, KEDA, clients and coordinator, checked by the worker; no key without it. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { certificateAuthority } from "../../services/certificates/index.ts";
import { type BrokerSettings, encryptionKeys, submit } from "../../services/coordinator/index.ts";
import { certificateFrom } from "../../services/coordinator/tls/certificate.ts";
import { coordinatorClient, type CoordinatorClient } from "../../services/worker/lease/coordinator-client.ts";
import { codeOf, post, serverFor } from "../unit/coordinator/server.ts";
import { createWorld, jobRequest, worker, worldWithJob, type World } from "../unit/coordinator/world.ts";

const [authority, stranger] = await Promise.all([
  certificateAuthority("authority"),
  certificateAuthority("stranger"),
]);
const directory = mkdtempSync(join(tmpdir(), "clear-"));
const caFile = join(directory, "ca.crt");
const opened: { apps: FastifyInstance[]; clients: CoordinatorClient[] } = { apps: [], clients: [] };
afterEach(async () => {
  await Promise.all(opened.clients.splice(0).map((client) => client.close()));
  await Promise.all(opened.apps.splice(0).map((app) => app.close()));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

interface Shown {
  readonly cert: string;
  readonly key: string;
}
/** A coordinator that listens, and how many requests it has seen. */
async function listening(world: World, certificate?: Shown) {
  const app = serverFor(world, {}, undefined, certificate);
  opened.apps.push(app);
  const seen = { requests: 0, tokens: [] as (string | undefined)[] };
  app.addHook("onRequest", (request, _reply, done) => {
    seen.requests += 1;
    seen.tokens.push(request.headers.authorization);
    done();
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { app, seen, port: (app.server.address() as AddressInfo).port };
}
function clientOf(url: string, options: { caFile?: string; tokenFile?: string } = { caFile }) {
  const client = coordinatorClient(url, options);
  opened.clients.push(client);
  return client;
}
const issue = async (
  from: typeof authority,
  hosts: readonly string[],
  validHours?: number,
): Promise<Shown> => {
  const { certificate, key } = await from.issue({
    commonName: "coordinator",
    hosts,
    ...(validHours !== undefined && { validHours }),
  });
  return { cert: certificate, key };
};
const ask = (client: CoordinatorClient) => client.lease({ worker, waitSeconds: 0 });

describe("a worker", () => {
  it("takes its job from a coordinator that its authority vouches for, by the certificate that the coordinator issues", async () => {
    const files = { certificate: authority.certificate, key: authority.key };
    const shown = await certificateFrom(
      files,
      { directory, names: ["coordinator.mpegflow.svc"] },
      new Date(),
    );
    const { port, app } = await listening(worldWithJob(), shown);
    writeFileSync(caFile, authority.certificate);
    const lease = await ask(clientOf(`https://127.0.0.1:${port}`));
    expect(lease?.jobId).toBe("job-1");
    expect((await app.inject("/healthz")).statusCode).toBe(200);
  });

  it.each([
    [
      "that its authority does not vouch for",
      () => issue(stranger, ["127.0.0.1"]),
      "none of the authorities",
    ],
    [
      "with a certificate for another name",
      () => issue(authority, ["coordinator.other.svc"]),
      "is not for 127.0.0.1",
    ],
    ["whose certificate has expired", () => issue(authority, ["127.0.0.1"], -0.5), "has expired"],
    ["that speaks plain HTTP", () => Promise.resolve(undefined), "speaks plain HTTP"],
  ])(
    "says nothing to a coordinator %s, and says plainly what is wrong",
    async (_title, certificate, said) => {
      writeFileSync(caFile, authority.certificate);
      const tokenFile = join(directory, "token");
      writeFileSync(tokenFile, "a-worker's-own-token");
      const { port, seen } = await listening(worldWithJob(), await certificate());
      const asked = ask(clientOf(`https://127.0.0.1:${port}`, { caFile, tokenFile }));
      await expect(asked).rejects.toMatchObject({ kind: "away", isMisconfigured: true });
      await expect(asked).rejects.toThrow(said);
      expect(seen.requests).toBe(0);
    },
  );

  it("trusts nobody while its file of authorities is missing, empty, or something else", async () => {
    const { port, seen } = await listening(worldWithJob(), await issue(authority, ["127.0.0.1"]));
    for (const text of [undefined, "", "no certificate"]) {
      rmSync(caFile, { force: true });
      if (text !== undefined) writeFileSync(caFile, text);
      const asked = ask(clientOf(`https://127.0.0.1:${port}`));
      await expect(asked).rejects.toMatchObject({ isMisconfigured: true });
      await expect(asked).rejects.toThrow("MPEGFLOW_COORDINATOR_CA_FILE");
    }
    expect(seen.requests).toBe(0);
  });

  it("goes on when the authority is changed: its file first, then the coordinator's certificate", async () => {
    const { app, port } = await listening(worldWithJob(), await issue(authority, ["127.0.0.1"]));
    writeFileSync(caFile, authority.certificate);
    const client = clientOf(`https://127.0.0.1:${port}`);
    const lease = await ask(client);
    writeFileSync(caFile, stranger.certificate + authority.certificate);
    (app.server as unknown as { setSecureContext: (shown: Shown) => void }).setSecureContext(
      await issue(stranger, ["127.0.0.1"]),
    );
    expect(await ask(client)).toBeUndefined();
    writeFileSync(caFile, stranger.certificate);
    expect(await ask(client)).toBeUndefined();
    await expect(
      client.heartbeat({ jobId: "job-1", token: lease?.token ?? "" }, { percentDone: 1 }),
    ).resolves.toBeDefined();
  });
});

describe("a job with a customer-supplied key", () => {
  const key = randomBytes(32);
  const inputKeySecret = "projects/p/secrets/job-key/versions/1";
  const withKey = jobRequest("job-1", { inputKeySecret });
  const far = { remoteAddress: "10.4.0.9" };

  /** A coordinator's server, and what it answers to somebody on another machine, who speaks without TLS. */
  function coordinator(settings: Partial<BrokerSettings> = {}) {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    const broker = world.replica(
      { encryptionKeySecrets: ["projects/p/secrets/job-key"], ...settings },
      {
        readEncryptionKey: encryptionKeys(
          () => Promise.resolve(key),
          ["projects/p/secrets/job-key"],
          () => 0,
        ),
      },
    );
    const app = serverFor(world, {}, broker);
    const ofFar = (url: string, payload: object, token?: string) =>
      app.inject({
        method: "POST",
        url,
        payload,
        ...far,
        ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      });
    return { world, broker, app, ofFar };
  }

  it("is not taken over a plain connection", async () => {
    const { ofFar, world } = coordinator();
    const response = await ofFar("/v1/jobs", withKey);
    expect([response.statusCode, codeOf(response)]).toEqual([403, "encryption-needs-tls"]);
    expect(world.recordIds()).toEqual([]);
  });

  it("is not given over a plain connection, and goes to the next worker who asks by TLS", async () => {
    const { broker, app, ofFar, world } = coordinator();
    await submit(broker, withKey);
    const claim = { worker, waitSeconds: 0 };
    const refused = await ofFar("/v1/leases", claim);
    expect([refused.statusCode, codeOf(refused)]).toEqual([403, "encryption-needs-tls"]);
    expect(refused.body).not.toContain(key.toString("base64"));
    expect(world.record()).toMatchObject({ state: "queued", attempt: 0 });
    world.advance(60);
    const given = await post(app, "/v1/leases", claim);
    expect(given.statusCode).toBe(200);
    const { token } = given.json<{ token: string }>();
    const urls = await ofFar("/v1/leases/job-1/urls", { input: true, outputs: [] }, token);
    expect([urls.statusCode, codeOf(urls)]).toEqual([403, "encryption-needs-tls"]);
  });

  it("fails at a coordinator that has no TLS, whoever asks", async () => {
    const { broker, app, world } = coordinator({ isInClear: true });
    await expect(submit(broker, withKey)).rejects.toMatchObject({ code: "encryption-needs-tls" });
    world.publish(withKey);
    expect((await post(app, "/v1/leases", { worker, waitSeconds: 0 })).statusCode).toBe(204);
    expect(world.record()).toMatchObject({ state: "failed", error: { code: "encryption-needs-tls" } });
  });

  it("of which there is none goes over any connection", async () => {
    const { broker, ofFar } = coordinator();
    await submit(broker, jobRequest());
    expect((await ofFar("/v1/leases", { worker, waitSeconds: 0 })).statusCode).toBe(200);
  });
});
