import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { reviewToken, type TestPlane } from "./support.ts";

/** A queue's length behind a bearer token, as a coordinator offers it to KEDA. */
export interface Queue {
  readonly url: string;
  queued: number;
  /** Status of each answer so far, and whom it was for. */
  readonly answers: { status: number; user: string | undefined }[];
  close(): Promise<void>;
}

/** Answers `{"queued": N}` to one service account, whose tokens the API server reviews, and 401 to everybody else. */
export async function startQueue(plane: TestPlane, account: string): Promise<Queue> {
  const server: Server = createServer((request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const review = token === undefined ? undefined : reviewToken(plane.admin, token);
    void Promise.resolve(review).then((found) => {
      const user = found?.authenticated === true ? found.user?.username : undefined;
      const status = user === `system:serviceaccount:${account}` ? 200 : 401;
      queue.answers.push({ status, user });
      response.writeHead(status, { "content-type": "application/json" });
      response.end(status === 200 ? JSON.stringify({ queued: queue.queued }) : "{}");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const queue: Queue = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/queue`,
    queued: 0,
    answers: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return queue;
}
