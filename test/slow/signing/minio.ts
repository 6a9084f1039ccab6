import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Certified } from "../../../services/certificates/index.ts";
import { buildGo, defaultCacheDirectory, requiredVersion } from "../../../sandbox/process/index.ts";

const moduleDirectory = path.join(import.meta.dirname, "minio");
const module = "github.com/minio/minio";

export const accessId = "miniotestkey";
export const secret = "minio/test+secret=0123456789";

export interface Minio {
  readonly url: string;
  readonly port: number;
  /** Virtual hosts are below it. */
  readonly domain: string;
  close(): Promise<void>;
}

/**
 * MinIO's server, built once from its Go module; on loopback, ended by `close`.
 *
 * @param certified of 127.0.0.1, for HTTPS; the caller trusts its authority. @default HTTP
 */
export async function startMinio(certified?: Certified): Promise<Minio> {
  const version = requiredVersion(moduleDirectory, module);
  const executable = await buildGo({
    what: "MinIO",
    moduleDirectory,
    mainPackage: module,
    output: path.join(
      defaultCacheDirectory(),
      `minio-${version}-${process.platform}-${process.arch}`,
      "minio",
    ),
    expected: "about 1 min on two cores",
    report: () => undefined,
  });
  const directory = await mkdtemp(path.join(tmpdir(), "minio-test-"));
  const port = await freePort();
  const domain = "minio.test";
  const certificates = path.join(directory, "certificates");
  const data = path.join(directory, "data");
  await mkdir(certificates);
  await mkdir(data);
  if (certified !== undefined) {
    await writeFile(path.join(certificates, "public.crt"), certified.certificate);
    await writeFile(path.join(certificates, "private.key"), certified.key);
  }
  const given = ["--quiet", "--certs-dir", certificates, "--address", `127.0.0.1:${port}`];
  const child = spawn(executable, ["server", ...given, data], {
    env: {
      HOME: directory,
      MINIO_ROOT_USER: accessId,
      MINIO_ROOT_PASSWORD: secret,
      MINIO_DOMAIN: domain,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
      MINIO_CALLHOME_ENABLE: "off",
    },
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  );
  const url = `${certified === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`${url}/minio/health/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) break;
    if (tries > 300 || child.exitCode !== null) {
      child.kill();
      throw new Error("MinIO did not start");
    }
    await sleep(100);
  }
  return {
    url,
    port,
    domain,
    close: async () => {
      child.kill();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo; // a listening TCP server has one
  await new Promise((resolve) => server.close(resolve));
  return port;
}
