import { z } from "zod";
import { readCloudAddress, type CloudAddress } from "../cloud/address.ts";
import { Refusal } from "./refusal.ts";
import { isObject, type Properties, type Value } from "./values.ts";

/** An answer other than success. */
export class CloudError extends Error {
  /** HTTP status. */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Request {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Unescaped parts of the path. */
  path: readonly string[];
  query?: Readonly<Record<string, string>>;
  body?: Properties;
  /** Longest time for the answer, in milliseconds. @default 60_000 */
  timeout?: number;
}

/** @returns the JSON answer; an empty object when there is none */
export type Call = (request: Request) => Promise<Properties>;

/** The running local cloud. */
export interface Cloud {
  projectId: string;
  projectNumber: string;
  /** Whether its clusters have a real API server. */
  kubernetes: boolean;
  control: Call;
  storage: Call;
  secretManager: Call;
}

const howToStart = "start it with `npm run local`";

const requestTimeout = 60_000;

/**
 * @param address path of the cloud daemon's `daemon.json`
 * @throws {@link Refusal} when there is none
 */
export function openCloud(address: string | undefined): Cloud {
  if (address === undefined || address === "") {
    throw new Refusal(`no local cloud is running, so only previews work here: ${howToStart}`);
  }
  const daemon = readDaemon(address);
  return {
    projectId: daemon.projectId,
    projectNumber: daemon.projectNumber,
    kubernetes: daemon.kubernetes,
    control: caller(daemon.url, daemon.token),
    storage: caller(new URL("storage/v1/", withSlash(daemon.storage.url)).href, daemon.deployerToken),
    secretManager: caller(new URL("v1/", withSlash(daemon.secretManager.url)).href, daemon.deployerToken),
  };
}

function readDaemon(address: string): CloudAddress {
  let daemon: CloudAddress | undefined;
  try {
    daemon = readCloudAddress(address);
  } catch (error) {
    const reason = messageOf(error).replaceAll(/\s+/g, " ");
    throw new Refusal(`the local cloud's address file cannot be used: ${reason}; ${howToStart}`);
  }
  if (daemon === undefined) throw new Refusal(`the local cloud has stopped: ${howToStart}`);
  return daemon;
}

function caller(base: string, token: string): Call {
  return async ({ method, path, query, body, timeout = requestTimeout }) => {
    const url = new URL(path.map(encodeURIComponent).join("/"), withSlash(base));
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    const answer = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { "content-type": "application/json" }),
      },
      body: body ? JSON.stringify(body) : null,
      // Not cancelled with the update: an effect in progress is completed, so that the state records it.
      signal: AbortSignal.timeout(timeout),
    }).catch((error: unknown) => {
      throw unanswered(error, new URL(base).host, timeout);
    });
    const text = await answer.text();
    if (!answer.ok) throw new CloudError(answer.status, errorMessage(text) ?? answer.statusText);
    const parsed: unknown = text === "" ? {} : JSON.parse(text);
    return isObject(parsed as Value) ? (parsed as Properties) : {};
  };
}

/** Only a refused connection is known to have had no effect. */
function unanswered(error: unknown, host: string, timeout: number): Error {
  if (error instanceof Error && error.name === "TimeoutError") {
    return new Error(`the local cloud at ${host} did not answer within ${timeout / 1000} s`);
  }
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED"
    ? new Refusal(`the local cloud at ${host} cannot be reached: ${howToStart}`)
    : new Error(`the connection to the local cloud at ${host} broke: ${messageOf(cause ?? error)}`);
}

function errorMessage(text: string): string | undefined {
  try {
    const parsed = z
      .union([
        z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
        z.object({ error: z.string() }).transform(({ error }) => error),
        z.object({ message: z.string() }).transform(({ message }) => message),
      ])
      .parse(JSON.parse(text));
    return parsed.replaceAll(/\s*\n\s*/g, " ").trim();
  } catch {
    return undefined;
  }
}

/** The answer, or undefined when the thing is not there. */
export async function found<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CloudError && error.status === 404) return undefined;
    throw error;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const withSlash = (url: string): string => (url.endsWith("/") ? url : `${url}/`);
