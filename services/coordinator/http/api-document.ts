import { pino } from "pino";
import { createMetrics } from "../metrics.ts";
import { trustEverybody } from "../auth/index.ts";
import { presence } from "../queue/presence.ts";
import { createServer } from "./server.ts";

/** The API's OpenAPI 3.1 document as a server writes it, without a coordinator behind it. */
export async function apiDocument() {
  const heard = presence(0, () => new Date());
  const app = createServer({
    state: {
      working: undefined,
      notReadyBecause: "it only describes itself",
      isDraining: false,
      authenticate: trustEverybody,
      presence: heard,
      metrics: createMetrics({ backlog: () => 0, ...heard }),
      project: "",
      access: [],
      clientRequestsPerMinute: 1,
    },
    log: pino({ enabled: false }),
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
