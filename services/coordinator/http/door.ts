import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Problem } from "../problem.ts";
import { addressKey, allowance } from "./allowance.ts";
import { boundConnections } from "./connections.ts";
import {
  connectionLimits,
  healthAllowance,
  healthDelayMs,
  strangerAllowance,
  strangerDelayMs,
  timeouts,
} from "./limits.ts";

/** Holds off those who have not proven who they are, so that they cost those who have next to nothing. */
export interface Door {
  /**
   * The request's sender is known: from here on its connection is theirs, unless they have too many already.
   *
   * @param caller whose connections are counted together
   */
  readonly trust: (request: FastifyRequest, caller: string) => void;
  /** @throws Problem 429 when the sender's address has no review of an unknown token left */
  readonly admitReview: (request: FastifyRequest) => void;
  /** Milliseconds by which a stranger's refusal is put off. */
  readonly refusalDelay: (socket: Socket | null) => number;
}

const isBodyUnread = ({ raw, headers }: FastifyRequest): boolean =>
  // Requests that tests inject have no connection.
  raw instanceof IncomingMessage &&
  (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0) &&
  !raw.complete;

/**
 * The connection ends with the answer, without another byte being read. It is cut a moment later: cut at once, with bytes
 * that nobody has read, it would be reset, and the answer might never be seen.
 */
function hangUp(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header("connection", "close");
  const { raw } = request;
  const { socket } = raw;
  socket.pause();
  // Node.js would read the rest of the body, only to throw it away.
  raw.resume = () => raw;
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), timeouts.lingerMs).unref();
  };
}

/** @param isHealth whether a route tells health, which is told to everybody */
export function openDoor(app: FastifyInstance, isHealth: (route: string | undefined) => boolean): Door {
  const connections = boundConnections(app.server, connectionLimits);
  const now = (): number => performance.now();
  const refusals = allowance(strangerAllowance, now);
  const checks = allowance(healthAllowance, now);
  /** Connections whose sender has proven who they are, kept open or not. */
  const known = new WeakSet<Socket>();
  app.addHook("preClose", (done) => {
    connections.close();
    done();
  });

  const refusalDelay = (socket: Socket | null): number =>
    refusals.spend(addressKey(socket?.remoteAddress)) ? 0 : strangerDelayMs;

  app.addHook("onSend", (request, reply, payload, done) => {
    const { socket } = request.raw;
    if (isBodyUnread(request)) hangUp(request, reply);
    // What nobody has proven to be theirs carries one request; who asks too much holds no connection meanwhile.
    else if (!connections.isTrusted(socket) || reply.statusCode === 429)
      void reply.header("connection", "close");
    const delay = known.has(socket)
      ? 0
      : isHealth(request.routeOptions.url)
        ? checks.spend(addressKey(socket.remoteAddress))
          ? 0
          : healthDelayMs
        : reply.statusCode >= 400
          ? refusalDelay(socket)
          : 0;
    if (delay === 0) done(null, payload);
    else setTimeout(done, delay, null, payload);
  });

  return {
    trust: ({ raw }, caller) => {
      known.add(raw.socket);
      connections.trust(raw.socket, caller);
    },
    admitReview: ({ raw }) => {
      if (!connections.isTrusted(raw.socket) && refusals.isSpent(addressKey(raw.socket.remoteAddress)))
        throw new Problem(
          429,
          "too-many-requests",
          "Too many requests without a valid token have come from this address; send a valid one, and try again later.",
        );
    },
    refusalDelay,
  };
}
