#!/usr/bin/env node
import { endOnClosedPipe } from "./cli/closed-pipe.ts";
import { run } from "./cli/run.ts";

// This computer is no machine of Google's: without this, Google's libraries look for a metadata server and warn that there is none.
process.env["METADATA_SERVER_DETECTION"] ??= "none";

endOnClosedPipe([process.stdout, process.stderr]);
process.exitCode = await run(process.argv.slice(2), process);
