import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { boundConnections } from "../../../../services/coordinator/http/connections.ts";
import { connectionLimits } from "../../../../services/coordinator/http/limits.ts";

describe("connections", () => {
  it("of known callers leave places to newcomers and probes, however many callers there are", () => {
    const { all, trusted, strangers, waiting } = connectionLimits;
    expect(trusted + strangers + waiting).toBeLessThanOrEqual(all);
  });

  it("of known callers are kept up to the bound of all together; newcomers are answered beside them", async () => {
    const limits = { ...connectionLimits, trusted: 6, trustedPerCaller: 4 };
    const server = createServer((request, response) => {
      const caller = request.headers.authorization;
      if (caller !== undefined) connections.trust(request.socket, caller);
      response.end(String(connections.isTrusted(request.socket)));
    });
    const connections = boundConnections(server, limits);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // a listening TCP server has one
    const sockets: Socket[] = [];
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const ask = async (caller: string | undefined, socket = connect(port, "127.0.0.1")): Promise<boolean> => {
      sockets.push(socket);
      socket.setEncoding("utf8");
      const line = caller === undefined ? "" : `Authorization: ${caller}\r\n`;
      socket.write(`GET / HTTP/1.1\r\nHost: coordinator\r\n${line}\r\n`);
      const [answer] = (await once(socket, "data")) as [string];
      return answer.endsWith("true");
    };
    const isKept: boolean[] = [];
    for (const caller of ["a", "a", "a", "a", "a", "b", "c", "d", undefined]) isKept.push(await ask(caller));
    expect(isKept).toEqual([true, true, true, true, false, true, true, false, false]);
    // One that is kept stays with who proved it first, and is counted once.
    expect(await ask("z", sockets[0])).toBe(true);
    sockets[1]?.destroy();
    await sleep(50);
    expect([await ask("d"), await ask("a")]).toEqual([true, false]);
  });
});
