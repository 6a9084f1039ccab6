import type { AccessRules } from "../auth/access.ts";
import type { Authenticate } from "../auth/index.ts";
import type { Rates } from "./limits.ts";
import type { Backlog } from "../queue/backlog.ts";
import type { Metrics } from "../metrics.ts";
import type { Broker } from "../ports.ts";
import type { Presence } from "../queue/presence.ts";
import { Problem } from "../problem.ts";

/** What the server shows to the world; the parts that need secrets appear when those are loaded. */
export interface ServerState {
  /** Broker and backlog, or undefined with the reason while they are not there yet. */
  readonly working: { readonly broker: Broker; readonly backlog: Backlog } | undefined;
  readonly notReadyBecause: string;
  readonly isDraining: boolean;
  readonly authenticate: Authenticate;
  readonly presence: Presence;
  readonly metrics: Metrics;
  readonly project: string;
  /** Which prefixes clients may name. */
  readonly access: AccessRules;
  /** Calls of the job API that one client may make at this replica. */
  readonly clientRequestsPerMinute: number;
  /** @default those of limits.ts */
  readonly rates?: Partial<Rates>;
}

/** What everybody is told who comes too late. */
export const draining = (): Problem =>
  new Problem(503, "draining", "This coordinator is shutting down; ask again, another replica will answer.");
