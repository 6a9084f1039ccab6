import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, fetch } from "undici";
import type { Probe } from "./pod-schema.ts";

/** Kubelets check no certificate of what they probe. */
const unchecked = new Agent({ connect: { rejectUnauthorized: false } });

/** Milliseconds between two looks until a probe first passes: a person waits for it. Failures count once in each period all the same. */
const eagerMs = 200;

/**
 * Probes until aborted. https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 *
 * @param addressOf loopback address, `host:port`, of a container port by number or name
 * @param report told each result that reached its threshold
 */
export async function runProbe(
  probe: Probe,
  addressOf: (port: number | string) => string | undefined,
  report: (passes: boolean, message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const pause = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal }).catch(() => undefined);
  await pause(probe.initialDelaySeconds * 1000);
  let [passed, failed, counted, everPassed] = [0, 0, -Infinity, false];
  while (!signal.aborted) {
    const problem = await check(probe, addressOf);
    // The result for a container that ends during the probe is ignored.
    if (signal.aborted as boolean) return;
    const now = performance.now();
    if (problem === undefined) {
      [passed, failed] = [passed + 1, 0];
      if (passed >= probe.successThreshold) {
        everPassed = true;
        report(true, "");
      }
    } else {
      passed = 0;
      // Timers are a little early or late.
      if (now - counted >= probe.periodSeconds * 950) [failed, counted] = [failed + 1, now];
      if (failed >= probe.failureThreshold) report(false, problem);
    }
    await pause(Math.min(probe.periodSeconds * 1000, everPassed ? Infinity : eagerMs));
  }
}

/** The problem, or undefined if the probe succeeds. */
async function check(
  { httpGet, tcpSocket, timeoutSeconds }: Probe,
  addressOf: (port: number | string) => string | undefined,
): Promise<string | undefined> {
  const port = httpGet?.port ?? tcpSocket?.port;
  const address = port === undefined ? undefined : addressOf(port);
  if (address === undefined)
    return `no container port ${String(port)} is declared that the program listens on`;
  try {
    if (httpGet === undefined) return await connects(address, timeoutSeconds * 1000);
    const response = await fetch(`${httpGet.scheme.toLowerCase()}://${address}${httpGet.path}`, {
      ...(httpGet.scheme === "HTTPS" && { dispatcher: unchecked }),
      headers: Object.fromEntries(httpGet.httpHeaders.map(({ name, value }) => [name, value])),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    await response.body?.cancel();
    return response.status >= 200 && response.status < 400
      ? undefined
      : `HTTP probe failed with statuscode: ${response.status}`;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function connects(address: string, timeout: number): Promise<string | undefined> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout });
    const end = (problem: string | undefined) => (): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.once("connect", end(undefined));
    socket.once("timeout", end(`no connection within ${timeout} ms`));
    socket.once("error", ({ message }) => {
      end(message)();
    });
  });
}
