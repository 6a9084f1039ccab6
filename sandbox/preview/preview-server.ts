import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import { standInProvider, type Workspace } from "../engine/index.ts";
import { compileCacheDirectory } from "../process/index.ts";
import {
  assumptionRecorder,
  readAssumptions,
  assumptionsVariable,
  type Assumption,
} from "../providers/assumptions.ts";
import { attachProviders } from "./attached-providers.ts";
import type { MonitorProxy } from "./monitor-proxy.ts";

/** Lets the engine preview any stack: gives each program a proxy of the engine's resource monitor, and collects the assumptions. */
export interface PreviewServer {
  /** For the engine's environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Assumptions made so far. */
  assumptions(): Assumption[];
  close(): void;
}

const preload = fileURLToPath(new URL("preload.ts", import.meta.url));
const programSchema = z.object({ address: z.string(), directory: z.string() });

export interface PreviewServerOptions {
  /** Whether there is no cloud to reach. @default true */
  readonly cloudless?: boolean;
  /** Base of the engine's environment. @default this process's */
  readonly base?: NodeJS.ProcessEnv;
}

/** Starts the server for the previews of one engine. */
export async function startPreviewServer(
  workspace: Workspace,
  { cloudless = true, base = process.env }: PreviewServerOptions = {},
): Promise<PreviewServer> {
  const directory = mkdtempSync(join(workspace.configDirectory, "..", "preview-"));
  const file = join(directory, "assumptions.jsonl");
  writeFileSync(file, "", { mode: 0o600 });
  const taking = { [assumptionsVariable]: file };
  const take = assumptionRecorder(taking) ?? (() => undefined);
  const provide = standInProvider(workspace.homeDirectory);
  const attached = cloudless
    ? await attachProviders({ ...base, ...taking, NODE_COMPILE_CACHE: compileCacheDirectory() })
    : undefined;
  const proxies: MonitorProxy[] = [];
  // The path is secret, so that no other process on this computer can use the server.
  const path = `/${randomUUID()}`;
  const server = createServer((request, response) => {
    const proxied = async (): Promise<string> => {
      if (request.url !== path) throw new Error("no such path");
      const program = programSchema.parse(JSON.parse(await textOf(request)));
      const isTaken = (urn: string): boolean =>
        readAssumptions(file).some(({ kind, which }) => kind === "resource" && which === urn);
      const { directory: of } = program;
      attached?.start(of);
      const { previewInterceptors, proxyMonitor } = await loadProxying();
      const interceptors = previewInterceptors({
        workspace,
        directory: of,
        provide,
        recordAssumption: take,
        isAssumed: isTaken,
        cloudless,
      });
      const proxy = await proxyMonitor(program.address, interceptors);
      proxies.push(proxy);
      return proxy.address;
    };
    proxied().then(
      (address) => response.end(address),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // In the caller's next turn, when the engine has been started: it takes longer to ask for a proxy than this takes to load.
  setImmediate(() => {
    loadProxying().catch(() => {
      // The request for a proxy meets it again, and answers with it.
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      ...taking,
      ...attached?.environment,
      MPEGFLOW_SANDBOX_PREVIEW_SERVER: `http://127.0.0.1:${port}${path}`,
      NODE_OPTIONS: [base["NODE_OPTIONS"], `--import=${pathToFileURL(preload).href}`]
        .filter(Boolean)
        .join(" "),
    },
    assumptions: () => readAssumptions(file),
    close: () => {
      for (const proxy of proxies) proxy.close();
      attached?.close();
      server.close();
      server.closeAllConnections();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** gRPC and the engine's protocol: most of what the process of a preview loads. */
async function loadProxying() {
  const [{ previewInterceptors }, { proxyMonitor }] = await Promise.all([
    import("./interceptors.ts"),
    import("./monitor-proxy.ts"),
  ]);
  return { previewInterceptors, proxyMonitor };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}
