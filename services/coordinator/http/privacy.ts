import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { FastifyRequest } from "fastify";
import { encryptionNeedsTls } from "../problem.ts";
import { isLoopback } from "../tls/config.ts";

/** What names customer-supplied keys: a job's request, or the claims of its lease. */
export interface Keys {
  readonly input: string | undefined;
  readonly output: string | undefined;
}

const isPrivateSocket = (socket: Socket): boolean =>
  socket instanceof TLSSocket || isLoopback(socket.remoteAddress ?? "127.0.0.1");

/** Whether nobody on a network can read what is said: it is encrypted, or stays on this machine. */
export const isPrivate = ({ raw }: Pick<FastifyRequest, "raw">): boolean => isPrivateSocket(raw.socket);

/** @throws Problem 403 where a job with keys is asked for over a plain connection */
export function requirePrivacy(request: Pick<FastifyRequest, "raw">, { input, output }: Keys): void {
  if ((input !== undefined || output !== undefined) && !isPrivate(request)) throw encryptionNeedsTls();
}
