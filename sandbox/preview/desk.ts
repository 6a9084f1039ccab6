import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import { standInProvider, type Workspace } from "../engine/index.ts";
import { noteTaker, readNotes, takenVariable, type Note } from "../providers/taken.ts";
import { detoursOf } from "./detours.ts";
import { proxyMonitor, type MonitorProxy } from "./monitor-proxy.ts";

/** What lets the engine preview anybody's stack: it stands between the engine and the programs, and gathers what was taken. */
export interface Desk {
  /** For the engine's environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** What was taken as it is declared until now. */
  notes(): Note[];
  close(): void;
}

const preload = fileURLToPath(new URL("preload.ts", import.meta.url));
const programSchema = z.object({ address: z.string(), directory: z.string() });

export interface DeskOptions {
  /** Whether no cloud is there. @default true */
  readonly cloudless?: boolean;
  /** What the engine's environment is based on. @default this process's */
  readonly base?: NodeJS.ProcessEnv;
}

/** Opens a desk for the previews of one engine. */
export async function openDesk(
  workspace: Workspace,
  { cloudless = true, base = process.env }: DeskOptions = {},
): Promise<Desk> {
  const directory = mkdtempSync(join(workspace.configDirectory, "..", "preview-"));
  const file = join(directory, "taken.jsonl");
  writeFileSync(file, "", { mode: 0o600 });
  const taking = { [takenVariable]: file };
  const take = noteTaker(taking) ?? (() => undefined);
  const provide = standInProvider(workspace.homeDirectory);
  const proxies: MonitorProxy[] = [];
  // Nobody else on this computer knows the path.
  const path = `/${randomUUID()}`;
  const server = createServer((request, response) => {
    const proxied = async (): Promise<string> => {
      if (request.url !== path) throw new Error("no such path");
      const program = programSchema.parse(JSON.parse(await textOf(request)));
      const isTaken = (urn: string): boolean =>
        readNotes(file).some(({ kind, which }) => kind === "resource" && which === urn);
      const { directory: of } = program;
      const detours = detoursOf({ workspace, directory: of, provide, take, isTaken, cloudless });
      const proxy = await proxyMonitor(program.address, detours);
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
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      ...taking,
      MPEGFLOW_SANDBOX_DESK: `http://127.0.0.1:${port}${path}`,
      NODE_OPTIONS: [base["NODE_OPTIONS"], `--import=${pathToFileURL(preload).href}`]
        .filter(Boolean)
        .join(" "),
    },
    notes: () => readNotes(file),
    close: () => {
      for (const proxy of proxies) proxy.close();
      server.close();
      server.closeAllConnections();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}
