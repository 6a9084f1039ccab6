import type { Server } from "node:http";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:tls";
import { z } from "zod";
import { addressKey } from "./allowance.ts";

export interface ConnectionLimits {
  readonly all: number;
  readonly trusted: number;
  readonly trustedPerCaller: number;
  readonly strangersPerAddress: number;
  readonly strangers: number;
  readonly waitingPerAddress: number;
  readonly waiting: number;
  readonly waitMs: number;
  readonly keptMs: number;
}

export interface Connections {
  /**
   * Whoever is at the other end has proven who they are: the connection takes no stranger's place any more. Beyond what one
   * caller and all together may keep it stays in that place, and is not trusted.
   *
   * @param caller whom the connection is counted for until it ends
   */
  readonly trust: (socket: Socket, caller: string) => void;
  readonly isTrusted: (socket: Socket) => boolean;
  /** Gives the connections up that wait. */
  readonly close: () => void;
}

const parserOf = z.object({
  parser: z.custom<{ onIncoming: (...request: unknown[]) => number }>(
    (parser) => typeof parser === "object" && parser !== null && "onIncoming" in parser,
  ),
});

/**
 * Takes no further request from a connection while its first is being answered, unless that turns out to be a known
 * caller's. Node.js serves hundreds of requests that come in one packet, even of a socket that is destroyed meanwhile: only
 * its parser can be told that what comes is no request (2, as after an upgrade; lib/_http_server.js). Not to be relied on
 * without the test of pipelined requests (test/processes/coordinator/http/strangers.test.ts).
 */
function takeNoMore(socket: Socket, isTrusted: () => boolean): void {
  const parser = parserOf.safeParse(socket).data?.parser;
  if (parser === undefined) return;
  const take = parser.onIncoming;
  parser.onIncoming = (...request) => {
    if (!isTrusted()) {
      socket.pause();
      return 2;
    }
    parser.onIncoming = take;
    return take(...request);
  };
}

/**
 * The sockets of TCP behind those of TLS, by the address of the other end: Node.js tells of both, and not of which belongs
 * to which.
 */
function rawSockets(server: Server): (socket: Socket) => Socket {
  if (!(server instanceof TlsServer)) return (socket) => socket;
  const byPeer = new Map<string, Socket>();
  const raw = new WeakMap<Socket, Socket>();
  const peerOf = ({ remoteAddress = "", remotePort = 0 }: Socket): string => `${remoteAddress} ${remotePort}`;
  server.prependListener("connection", (socket: Socket) => {
    const peer = peerOf(socket);
    byPeer.set(peer, socket);
    socket.once("close", () => {
      if (byPeer.get(peer) === socket) byPeer.delete(peer);
    });
  });
  server.prependListener("secureConnection", (socket: Socket) => {
    const found = byPeer.get(peerOf(socket));
    if (found !== undefined) raw.set(socket, found);
  });
  return (socket) => raw.get(socket) ?? socket;
}

/**
 * Bounds what strangers' connections take. Those beyond the bound are not read at all until a place is free: a waiting
 * one costs a socket and nothing else, and whoever floods has to wait.
 *
 * Addresses share the places: a free one goes to the address that has fewest, and there to the newest, since those who
 * wait long have mostly gone. An address that has none while all are taken gets one that an address with several has held
 * for a while. So nobody is kept out by fewer addresses than there are places.
 */
export function boundConnections(server: Server, limits: ConnectionLimits): Connections {
  server.maxConnections = limits.all;
  // Else a socket would be read before it is known whether it has a place (a property of net.Server, of which http.Server is one).
  Object.assign(server, { pauseOnConnect: true });
  const serve = server.listeners("connection");
  server.removeAllListeners("connection");
  const rawOf = rawSockets(server);

  const trusted = new WeakSet<Socket>();
  /** Both in the order in which they came. */
  const places = new Map<Socket, { readonly key: string; readonly since: number }>();
  const waiting = new Map<Socket, string>();
  const strangers = new Map<string, number>();
  const callers = new Map<string, number>();
  let allTrusted = 0;
  const waiters = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string, by: number): void => {
    const next = (counts.get(key) ?? 0) + by;
    if (next === 0) counts.delete(key);
    else counts.set(key, next);
  };

  const hasPlace = (key: string): boolean =>
    places.size < limits.strangers && (strangers.get(key) ?? 0) < limits.strangersPerAddress;

  const admit = (socket: Socket, key: string): void => {
    places.set(socket, { key, since: performance.now() });
    count(strangers, key, 1);
    // What TLS makes of the socket would be paused too, with nobody to resume it.
    Object.assign(server, { pauseOnConnect: false });
    for (const listener of serve) Reflect.apply(listener, server, [socket]);
    Object.assign(server, { pauseOnConnect: true });
    socket.resume();
  };
  const leave = (socket: Socket): void => {
    const place = places.get(socket);
    if (place === undefined) return;
    places.delete(socket);
    count(strangers, place.key, -1);
    admitWaiting();
  };
  const stopWaiting = (socket: Socket): void => {
    const key = waiting.get(socket);
    if (key === undefined) return;
    waiting.delete(socket);
    count(waiters, key, -1);
  };
  const admitWaiting = (): void => {
    if (waiting.size === 0 || places.size >= limits.strangers) return;
    let next: Socket | undefined;
    let fewest = Infinity;
    for (const [socket, key] of waiting) {
      const own = strangers.get(key) ?? 0;
      // The end of one that is gone may not have been told of yet.
      if (own > fewest || !hasPlace(key) || socket.destroyed) continue;
      next = socket;
      fewest = own;
    }
    const key = next && waiting.get(next);
    if (next === undefined || key === undefined) return;
    stopWaiting(next);
    admit(next, key);
  };
  /** Ends the longest-held place of the address that has most, for a waiting one whose address has none. */
  const takeOver = (socket: Socket, key: string): void => {
    if (!waiting.has(socket) || strangers.has(key) || places.size < limits.strangers) return;
    let ended: Socket | undefined;
    let most = 1;
    for (const [held, place] of places) {
      const own = strangers.get(place.key) ?? 0;
      if (own <= most || performance.now() - place.since < limits.keptMs) continue;
      ended = held;
      most = own;
    }
    if (ended === undefined) return;
    ended.destroy();
    leave(ended);
  };
  /** Room to wait in: of the address that has most waiting the longest is dropped for one that has fewer. */
  const hasRoomToWait = (key: string): boolean => {
    const own = waiters.get(key) ?? 0;
    if (own >= limits.waitingPerAddress) return false;
    if (waiting.size < limits.waiting) return true;
    let greediest: string | undefined;
    let most = own + 1;
    for (const [other, has] of waiters) {
      if (has <= most) continue;
      greediest = other;
      most = has;
    }
    for (const [socket, other] of waiting) {
      if (other !== greediest) continue;
      stopWaiting(socket);
      socket.destroy();
      return true;
    }
    return false;
  };

  server.on("connection", (socket: Socket) => {
    const key = addressKey(socket.remoteAddress);
    socket.once("close", () => {
      stopWaiting(socket);
      leave(socket);
    });
    if (hasPlace(key)) admit(socket, key);
    else if (!hasRoomToWait(key)) socket.destroy();
    else {
      // What goes wrong with a connection that waits concerns nobody.
      socket.on("error", () => undefined);
      waiting.set(socket, key);
      count(waiters, key, 1);
      takeOver(socket, key);
      setTimeout(takeOver, limits.keptMs, socket, key).unref();
      setTimeout(() => {
        if (waiting.has(socket)) socket.destroy();
      }, limits.waitMs).unref();
    }
  });

  server.prependListener("request", ({ socket }) => {
    if (!trusted.has(socket)) takeNoMore(socket, () => trusted.has(socket));
  });

  return {
    trust(socket, caller) {
      if (trusted.has(socket)) return;
      const raw = rawOf(socket);
      // Requests that tests inject have no place.
      if (places.has(raw)) {
        if (allTrusted >= limits.trusted || (callers.get(caller) ?? 0) >= limits.trustedPerCaller) return;
        allTrusted += 1;
        count(callers, caller, 1);
        raw.once("close", () => {
          allTrusted -= 1;
          count(callers, caller, -1);
        });
      }
      trusted.add(socket);
      leave(raw);
    },
    isTrusted: (socket) => trusted.has(socket),
    close() {
      for (const socket of [...waiting.keys()]) socket.destroy();
    },
  };
}
