import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import {
  certificateAuthority,
  type Authority,
  type Certified,
} from "../../../services/certificates/index.ts";

/** Asks a server with that certificate, and answers what it saw of the client. */
async function ask(authority: Authority, server: Certified, client?: Certified): Promise<string> {
  const listening = createServer(
    {
      cert: server.certificate,
      key: server.key,
      ca: authority.certificate,
      requestCert: client !== undefined,
    },
    ({ socket }, response) => {
      response.end(JSON.stringify(socket instanceof TLSSocket && socket.getPeerCertificate().subject));
    },
  ).listen(0, "127.0.0.1");
  await once(listening, "listening");
  try {
    const asked = request({
      port: (listening.address() as AddressInfo).port,
      host: "127.0.0.1",
      ca: authority.certificate,
      ...(client && { cert: client.certificate, key: client.key }),
    });
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    return await text(response);
  } finally {
    listening.close();
  }
}

describe("a certificate authority", () => {
  it("vouches for servers and for clients with their groups", async () => {
    const authority = await certificateAuthority("ca");
    const server = await authority.issue({ commonName: "server", hosts: ["127.0.0.1", "localhost"] });
    const client = await authority.issue({ commonName: "admin", organizations: ["system:masters"] });
    expect(JSON.parse(await ask(authority, server, client))).toEqual({ CN: "admin", O: "system:masters" });
  });

  it("goes on from what was kept of it", async () => {
    const first = await certificateAuthority("ca");
    const again = await certificateAuthority("ca", { certificate: first.certificate, key: first.key });
    const server = await again.issue({ commonName: "server", hosts: ["127.0.0.1"] });
    await expect(ask(first, server)).resolves.toBe("");
  });

  it("does not vouch for another host, nor for another authority's server", async () => {
    const [authority, other] = await Promise.all([certificateAuthority("ca"), certificateAuthority("ca")]);
    const elsewhere = await authority.issue({ commonName: "server", hosts: ["10.0.0.1"] });
    await expect(ask(authority, elsewhere)).rejects.toThrow("127.0.0.1");
    const foreign = await other.issue({ commonName: "server", hosts: ["127.0.0.1"] });
    await expect(ask(authority, foreign)).rejects.toThrow();
  });
});
