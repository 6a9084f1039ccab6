import { once } from "node:events";
import { createServer, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servePodNetwork } from "../../../sandbox/kubernetes/node/index.ts";

const pod = "10.244.0.7";
let backend: Server;
const waiting: ServerResponse[] = [];
let network: Awaited<ReturnType<typeof servePodNetwork>>;

beforeAll(async () => {
  backend = createServer((incoming, response) => {
    if (incoming.url === "/slow") waiting.push(response);
    else response.end(`${incoming.url ?? ""} of the pod`);
  }).listen(0, "127.0.0.1");
  await once(backend, "listening");
  const { port } = backend.address() as AddressInfo;
  network = await servePodNetwork((host, wanted) =>
    host === pod && wanted === 8080 ? `127.0.0.1:${port}` : undefined,
  );
});
afterAll(async () => {
  await network.close();
  backend.close();
});

/** A request as a program with HTTP_PROXY makes it. */
function ask(url: string) {
  const { hostname, port } = new URL(network.url);
  return request({ hostname, port, path: url, headers: { host: new URL(url).host }, agent: false });
}

async function answerTo(url: string): Promise<string> {
  const asked = ask(url);
  asked.end();
  const [answer] = (await once(asked, "response")) as [NodeJS.ReadableStream & { statusCode: number }];
  let text = "";
  for await (const chunk of answer) text += String(chunk);
  return `${answer.statusCode} ${text.trim()}`;
}

describe("the pod network", () => {
  it("leads to a pod by its address, and nowhere else", async () => {
    expect(await answerTo(`http://${pod}:8080/metrics?x=1`)).toBe("200 /metrics?x=1 of the pod");
    expect(await answerTo("http://10.244.0.8:8080/")).toMatch(/^502 no pod or service/);
  });

  it("outlives those who ask and do not wait for the answer", async () => {
    const asked = ask(`http://${pod}:8080/slow`);
    asked.on("error", () => undefined);
    asked.end();
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    asked.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    waiting[0]?.end("late");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await answerTo(`http://${pod}:8080/`)).toBe("200 / of the pod");
  });
});
