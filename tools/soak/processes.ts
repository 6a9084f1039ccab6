import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A process that is started again whenever it has ended, until `stop`. */
export interface Kept {
  readonly pid: () => number | undefined;
  readonly kill: () => void;
  readonly stop: () => void;
}

function keep(start: () => ChildProcess): Kept {
  let child: ChildProcess | undefined;
  let isStopped = false;
  const run = (): void => {
    child = start();
    child.once("exit", () => {
      if (!isStopped) setTimeout(run, 300);
    });
  };
  run();
  const kill = (): void => {
    child?.kill("SIGKILL");
  };
  return {
    pid: () => child?.pid,
    kill,
    stop: () => {
      isStopped = true;
      kill();
    },
  };
}

export const keepCoordinator = (environment: Record<string, string>, port: number): Kept =>
  keep(() =>
    fork(file("../../services/coordinator/main.ts"), [], {
      env: { PATH: process.env["PATH"] ?? "", ...environment, MPEGFLOW_PORT: String(port) },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    }),
  );

export const keepWorker = (
  { url, caFile }: { readonly url: string; readonly caFile: string },
  id: string,
  onTrouble: (message: string) => void,
): Kept =>
  keep(() => {
    const child = fork(file("worker.ts"), [url, id, "us-central1", caFile], {
      env: { PATH: process.env["PATH"] ?? "" },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("message", (message) => {
      onTrouble((message as { trouble: string }).trouble);
    });
    return child;
  });

/** Hands each connection to a replica that takes it, as a Service would. */
export async function startService(ports: readonly number[]): Promise<{ url: string; close: () => void }> {
  const server = createServer((client) => {
    const first = Math.floor(Math.random() * ports.length);
    const next = (turn: number): void => {
      const port = ports[(first + turn) % ports.length];
      if (turn === ports.length || port === undefined) {
        client.destroy();
        return;
      }
      const replica = connect(port, "127.0.0.1");
      let isUp = false;
      replica.once("connect", () => {
        isUp = true;
        client.pipe(replica).pipe(client);
      });
      replica.on("error", () => {
        if (isUp) client.destroy();
        else next(turn + 1);
      });
      replica.on("close", () => {
        if (isUp) client.destroy();
      });
      client.once("close", () => replica.destroy());
    };
    client.on("error", () => undefined);
    next(0);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
    },
  };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createHttpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resident memory in MiB. */
export function residentMemory(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
