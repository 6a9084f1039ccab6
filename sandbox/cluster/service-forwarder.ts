import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";

export interface ServiceForwarder {
  /** `127.0.0.1:PORT` */
  address: string;
  close: () => Promise<void>;
}

/** kube-proxy for one Service: connections to one loopback port go to the ready pods in turn. */
export async function forwardService(readyAddresses: () => string[], port = 0): Promise<ServiceForwarder> {
  let turn = 0;
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    const addresses = readyAddresses();
    const address = addresses[turn++ % Math.max(addresses.length, 1)];
    if (address === undefined) {
      client.destroy();
      return;
    }
    const [host, backendPort] = address.split(":");
    const backend = connect({ host: host ?? "127.0.0.1", port: Number(backendPort) });
    // Each pipeline destroys both sockets when either side ends or fails; the error is ignored.
    pipeline(client, backend, () => client.destroy());
    pipeline(backend, client, () => backend.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("a service needs a TCP port");
  return {
    address: `127.0.0.1:${bound.port}`,
    close: async () => {
      server.close();
      for (const client of clients) client.destroy();
      await once(server, "close");
    },
  };
}
