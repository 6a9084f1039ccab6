import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Storage } from "@google-cloud/storage";
import { OAuth2Client } from "google-auth-library";
import { pino } from "pino";
import type { Policy } from "../../../sandbox/iam/index.ts";
import { openStore, type Listener, type Store } from "../../../sandbox/gcs/index.ts";

export const PROJECT = "test-project";
export const ADMIN = "user:admin@example.com";
export const SIGNER = "signer@test-project.iam.gserviceaccount.com";
export const STRANGER = "stranger@test-project.iam.gserviceaccount.com";

/** A store on a free port, with an authorizer that is a list of grants and a clock that a test may turn. */
export interface World {
  readonly url: string;
  readonly directory: string;
  readonly clock: { now: () => Date; shiftSeconds: number };
  /** `principal permission-prefix` pairs that are allowed on everything. */
  readonly grants: Set<string>;
  /** What is granted on a resource, by its full name. */
  readonly policies: Map<string, Policy>;
  readonly publicKeys: Map<string, string[]>;
  readonly faults: Store["faults"];
  readonly rateLimits: Store["rateLimits"];
  readonly replication: Store["replication"];
  /** URL of another endpoint, in a region. */
  endpoint(region: string): Promise<string>;
  token(principal: string): string;
  /** The official client, acting as a principal, at an endpoint. */
  client(principal?: string, url?: string): Storage;
  fetch(path: string, init?: RequestInit & { as?: string }): Promise<Response>;
  /** A call of the JSON API, by the administrator unless said otherwise. */
  json(method: string, path: string, body?: unknown, as?: string): Promise<Answer>;
  /** Stops and opens the store again on the same directory. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & {
    readonly error?: { code: number; message: string; errors: { reason: string }[] };
  };
}

export async function createWorld(): Promise<World> {
  const directory = await mkdtemp(path.join(tmpdir(), "gcs-test-"));
  const clock = { shiftSeconds: 0, now: () => new Date(Date.now() + clock.shiftSeconds * 1000) };
  const grants = new Set([`${ADMIN} storage.`, `serviceAccount:${SIGNER} storage.objects.`]);
  const policies: World["policies"] = new Map();
  const publicKeys = new Map<string, string[]>();
  const tokens = new Map<string, string>();
  const start = async (): Promise<[Store, Listener]> => {
    const store = await openStore({
      directory,
      clock: clock.now,
      authorizer: {
        allows: (principal, permission) =>
          [...grants].some((grant) => {
            const [who, what] = grant.split(" ") as [string, string];
            return who === principal && permission.startsWith(what);
          }),
        policy: (resource) => policies.get(resource) ?? { version: 1, etag: "none", bindings: [] },
        serviceAccountExists: (email) => email.endsWith(`@${PROJECT}.iam.gserviceaccount.com`),
      },
      tokens: {
        issue: (principal) => {
          const token = randomBytes(16).toString("hex");
          tokens.set(token, principal);
          return token;
        },
        verify: (token) => tokens.get(token),
      },
      projectId: PROJECT,
      projectNumber: "123456789012",
      publicKeys: (email) => publicKeys.get(email) ?? [],
      logger: pino({ level: process.env["TEST_LOG"] ?? "silent" }),
    });
    return [store, await store.listen({ host: "127.0.0.1", port: 0 })];
  };
  let [store, listener] = await start();
  const endpoints: Listener[] = [];
  const token = (principal: string): string => {
    const made = randomBytes(16).toString("hex");
    tokens.set(made, principal);
    return made;
  };
  const send: World["fetch"] = (target, { as, ...init } = {}) => {
    const headers = new Headers(init.headers);
    if (as !== undefined) headers.set("authorization", `Bearer ${token(as)}`);
    return fetch(listener.url + target, { ...init, headers });
  };
  return {
    get url() {
      return listener.url;
    },
    directory,
    clock,
    grants,
    policies,
    publicKeys,
    get faults() {
      return store.faults;
    },
    get rateLimits() {
      return store.rateLimits;
    },
    get replication() {
      return store.replication;
    },
    endpoint: async (region) => {
      const opened = await store.listen({ host: "127.0.0.1", port: 0, region });
      endpoints.push(opened);
      return opened.url;
    },
    token,
    client: (principal = ADMIN, url = listener.url) => {
      const authClient = new OAuth2Client();
      authClient.setCredentials({ access_token: token(principal), expiry_date: Date.now() + 3_600_000 });
      return new Storage({
        projectId: PROJECT,
        apiEndpoint: url,
        useAuthWithCustomEndpoint: true,
        authClient,
        retryOptions: { autoRetry: false },
      });
    },
    fetch: send,
    json: async (method, target, body, as = ADMIN) => {
      const response = await send(`/storage/v1${target}`, {
        as,
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Answer["body"] };
    },
    restart: async () => {
      await listener.close();
      [store, listener] = await start();
    },
    close: async () => {
      await Promise.all([listener, ...endpoints].map((each) => each.close()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** `Code` of an XML error. */
export async function xmlCode(response: Response): Promise<string | undefined> {
  return /<Code>([^<]*)<\/Code>/.exec(await response.text())?.[1];
}
