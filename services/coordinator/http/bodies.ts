import type { FastifyInstance, FastifyRequest } from "fastify";
import { finished } from "node:stream";
import { Problem } from "../problem.ts";
import { callerKey } from "./callers.ts";
import { bodiesAtOnce } from "./limits.ts";

/** What a request's body may come to in bytes. */
function bodyBytes({ headers, routeOptions }: FastifyRequest): number {
  const most = routeOptions.bodyLimit;
  if (headers["transfer-encoding"] !== undefined) return most;
  const announced = Number(headers["content-length"] ?? 0);
  // A longer one is refused by its route, without being read.
  return announced > most ? 0 : announced;
}

/**
 * Bounds the bytes of large bodies that one caller, and all callers of a scope together, have under way: from before a body
 * is read until its request has been answered. A request beyond that is refused with 503, which workers repeat. Small
 * bodies are not counted.
 *
 * @param scope routes whose guard tells who calls
 */
export function boundBodies(scope: FastifyInstance, limits: typeof bodiesAtOnce = bodiesAtOnce): void {
  let all = 0;
  const byCaller = new Map<string, number>();
  const count = (caller: string, bytes: number): void => {
    all += bytes;
    const own = (byCaller.get(caller) ?? 0) + bytes;
    if (own === 0) byCaller.delete(caller);
    else byCaller.set(caller, own);
  };
  /** By request whose body is counted: to be called when it is answered. */
  const answered = new WeakMap<FastifyRequest, () => void>();

  scope.addHook("preParsing", (request, reply, payload, done) => {
    const bytes = bodyBytes(request);
    if (bytes <= limits.uncounted) {
      done(null, payload);
      return;
    }
    const caller = callerKey(request);
    if (all + bytes > limits.all || (byCaller.get(caller) ?? 0) + bytes > limits.perCaller) {
      done(
        new Problem(503, "too-many-bodies", "Too many large bodies are under way here; repeat the request."),
      );
      return;
    }
    count(caller, bytes);
    let isCounted = true;
    let isAnswered = false;
    let isOver = false;
    const release = (): void => {
      // Whoever hangs up after a whole body leaves it to its handler, which goes on.
      if (!isCounted || !isOver || (request.raw.complete && !isAnswered)) return;
      isCounted = false;
      count(caller, -bytes);
    };
    answered.set(request, () => {
      isAnswered = true;
      release();
    });
    finished(reply.raw, () => {
      isOver = true;
      release();
    });
    done(null, payload);
  });
  scope.addHook("onSend", (request, _reply, payload, done) => {
    answered.get(request)?.();
    done(null, payload);
  });
}
