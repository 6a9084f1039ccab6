/**
 * The coordinator's HTTP server with its authentication, in a process of its own; bucket and queue are in memory. Tells
 * where it is, with a lease, as one line.
 *
 * Arguments: the API server's address, the file of the process's own token, the file of the authority.
 */
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { authenticateBy, tokenReviews } from "../../../services/coordinator/index.ts";
import { claimNext } from "../../../services/coordinator/index.ts";
import { createLog } from "../../../services/logging/index.ts";
import { serverFor } from "../../unit/coordinator/server.ts";
import { worker, worldWithJob } from "../../unit/coordinator/world.ts";

const [, , api = "", tokenFile = "", caFile = ""] = process.argv;
const log = createLog("info", { service: "coordinator" }, { write: () => undefined });
const world = worldWithJob();
const broker = { ...world.replica(), log };
const now = (): Date => new Date();
const subject = "system:serviceaccount:encoders:encoder";
const reviewToken = tokenReviews({ api, tokenFile, caFile });
const authenticate = authenticateBy(
  {
    kind: "kubernetes",
    audience: "mpegflow-coordinator",
    workerSubjects: [subject],
    scalerSubjects: [],
    clientSubjects: [subject],
    clientEmails: [],
    ...{ api, tokenFile, caFile },
  },
  { reviewToken, reviewGoogleToken: () => Promise.resolve(undefined), now, sleep, log },
);
const app = serverFor(world, { authenticate, rates: { lease: 1_000_000 } }, broker);
const lease = await claimNext(
  broker,
  world.backlog,
  { worker, waitSeconds: 0 },
  new AbortController().signal,
);
await app.listen({ host: "127.0.0.1", port: 0 });
const { port } = app.server.address() as AddressInfo; // a listening TCP server has one
process.stdout.write(`${JSON.stringify({ port, jobId: lease?.jobId, token: lease?.token })}\n`);
process.once("SIGTERM", () => process.exit(0));
// Ends with the test, however that ends.
process.once("disconnect", () => process.exit(0));
