import { randomInt } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { z } from "zod";

/**
 * A free port of 127.0.0.1 for each name, the same as last time where it still is free: clients that were told an address find it again
 * after a restart.
 *
 * @param file where the ports are kept
 */
export async function portsFor<Name extends string>(
  file: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const last = lastPorts(file);
  // All are held until all are known, so that no two get the same.
  const held = await Promise.all(
    names.map(async (name) => ({ name, holder: await hold(last[name] ?? anyPort()) })),
  );
  const ports = Object.fromEntries(held.map(({ name, holder }) => [name, holder.port]));
  await Promise.all(held.map(({ holder }) => holder.release()));
  writeFileSync(file, JSON.stringify({ ...last, ...ports }), { mode: 0o600 });
  return ports as Record<Name, number>;
}

function lastPorts(file: string): Partial<Record<string, number>> {
  if (!existsSync(file)) return {};
  return z.record(z.string(), z.int()).parse(JSON.parse(readFileSync(file, "utf8")));
}

/**
 * Below those that systems give to outgoing connections (Linux from 32768 on, others from 49152 on): one of them could be given away between
 * the release here and the start of the program that is to have it.
 */
const anyPort = (): number => randomInt(20_000, 32_000);

async function hold(wanted: number): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once("error", () => {
      resolve(false);
    });
    server.listen(wanted, "127.0.0.1", () => {
      resolve(true);
    });
  });
  if (!listening) return await hold(anyPort());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a listening server has no port");
  return {
    port: address.port,
    release: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
