/**
 * Answering a request for 100 signed URLs: the coordinator against a bare Node.js HTTP server that sends as many bytes.
 * Each server has a process of its own, and the client this one. Exits with 1 below 60 %.
 *
 *     npm run bench -- urls --rounds N
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { urlsResponseSchema } from "../../services/protocol/index.ts";
import { holds, lineOf, measure, ratio, type Timed } from "./rounds.ts";
import { medianOf } from "./summary.ts";

const rounds = Number(process.argv[2] ?? 7);
const connections = 4;
const payload = JSON.stringify({
  outputs: Array.from({ length: 100 }, (_, index) => ({
    name: `hls/720p/segment-${String(index).padStart(5, "0")}.m4s`,
    contentType: "video/iso.segment",
    size: 1_000_000 + index,
  })),
});

interface Server {
  readonly process: ChildProcess;
  readonly pool: Pool;
  readonly path: string;
  readonly token: string;
}

async function start(...args: string[]): Promise<Server> {
  const program = fileURLToPath(new URL("urls-server.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { port, path, token } = JSON.parse(line) as { port: number; path: string; token: string };
  return {
    process: child,
    path,
    token,
    pool: new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 }),
  };
}

async function ask({ pool, path, token }: Server): Promise<number> {
  const { statusCode, body } = await pool.request({
    ...{ method: "POST", path, body: payload },
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
  });
  const { byteLength } = await body.arrayBuffer();
  if (statusCode !== 200) throw new Error(`the server answered ${statusCode}`);
  return byteLength;
}

/** Several requests under way at once, as from several workers. */
const asking =
  (server: Server): Timed =>
  async (times) => {
    const started = performance.now();
    let left = times;
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await ask(server);
      }
    };
    await Promise.all(Array.from({ length: connections }, lane));
    return (performance.now() - started) / 1000;
  };

const servers: Server[] = [];
try {
  const coordinator = await start("coordinator");
  servers.push(coordinator);
  const bytes = await ask(coordinator);
  await check(coordinator);
  const bare = await start("bare", String(bytes));
  servers.push(bare);
  const least = await start("least", String(bytes));
  servers.push(least);
  const rates = await measure(
    { coordinator: asking(coordinator), least: asking(least), bare: asking(bare) },
    { rounds, sliceSeconds: 1 },
  );
  console.log(
    `100 URLs in ${bytes.toLocaleString("en-US")} bytes, ${connections} connections, ${rounds} rounds`,
  );
  for (const [name, values] of Object.entries(rates))
    console.log(
      `${name.padEnd(12)} ${Math.round(medianOf(values)).toLocaleString("en-US").padStart(7)} answers a second`,
    );
  const verdict = {
    what: "coordinator / bare server",
    ratio: ratio(rates, "coordinator", "bare"),
    ...{ target: 0.6, bound: "at least" as const },
  };
  const floor = ratio(rates, "least", "bare");
  console.log(`\n${lineOf(verdict)}`);
  console.log(
    `     the bare server with JSON and the hashing of 100 signatures, and nothing else: ${floor.toFixed(2)}`,
  );
  process.exitCode = holds(verdict) ? 0 : 1;
} finally {
  for (const server of servers) {
    await server.pool.close();
    server.process.kill();
  }
}

/** The answer is what a worker can use. */
async function check({ pool, path, token }: Server): Promise<void> {
  const { body } = await pool.request({
    ...{ method: "POST", path, body: payload },
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
  });
  const { outputs } = urlsResponseSchema.parse(await body.json());
  if (outputs.length !== 100) throw new Error(`${outputs.length} URLs came instead of 100`);
}
