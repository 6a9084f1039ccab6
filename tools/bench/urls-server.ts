/**
 * One server of tools/bench/urls.ts, in a process of its own: the coordinator with a bucket and a queue in memory, or a bare
 * server that reads the same request and answers with as many bytes. Tells where it is and what to send as one line.
 */
import { hash } from "node:crypto";
import { createServer as createBareServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLog } from "../../services/logging/index.ts";
import { leaseSchema } from "../../services/protocol/index.ts";
import { serverFor } from "../../test/unit/coordinator/server.ts";
import { worker, worldWithJob } from "../../test/unit/coordinator/world.ts";

const answerHeaders = { "content-type": "application/json; charset=utf-8" };

if (process.argv[2] === "coordinator") await coordinator();
else bare(Number(process.argv[3]), process.argv[2] === "least");

async function coordinator(): Promise<void> {
  const world = worldWithJob();
  // To the file descriptor of a pod's log, which is not read here.
  const log = createLog("info", { service: "coordinator" }, { write: () => undefined });
  const broker = { ...world.replica(), log };
  const app = serverFor(world, {}, broker);
  const response = await app.inject({
    method: "POST",
    url: "/v1/leases",
    payload: { worker, waitSeconds: 0 },
  });
  const lease = leaseSchema.parse(response.json());
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo; // a listening TCP server has one
  tell({ port, path: `/v1/leases/${lease.jobId}/urls`, token: lease.token });
}

/**
 * @param least whether it also does what no broker can leave out: read the JSON, hash as often and as much as 100
 * signatures take, and write the JSON
 */
function bare(bytes: number, least: boolean): void {
  const body = Buffer.alloc(bytes, "x");
  const [canonical, inner, outer] = ["x".repeat(650), Buffer.alloc(234), Buffer.alloc(96)];
  const url = "x".repeat(Math.max(1, Math.floor(bytes / 100) - 200));
  const work = (text: string): string => {
    JSON.parse(text);
    const outputs = [];
    for (let index = 0; index < 100; index += 1) {
      hash("sha256", canonical, "hex");
      hash("sha256", inner, "binary");
      const signature = hash("sha256", outer, "hex");
      outputs.push({ method: "PUT", url, headers: { "content-type": "video/iso.segment" }, signature });
    }
    return JSON.stringify({ outputs });
  };
  const server = createBareServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .once("end", () => {
        const answer = least ? work(Buffer.concat(chunks).toString()) : body;
        const length = Buffer.byteLength(answer);
        response.writeHead(200, { ...answerHeaders, "content-length": length }).end(answer);
      });
  });
  server.listen(0, "127.0.0.1", () => {
    tell({ port: (server.address() as AddressInfo).port, path: "/", token: "" });
  });
}

function tell(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

process.once("SIGTERM", () => process.exit(0));
