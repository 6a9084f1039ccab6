#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { compileCacheDirectory } from "../sandbox/process/cache.ts";
import { endOnClosedPipe } from "./cli/closed-pipe.ts";

// This computer is no machine of Google's: without this, Google's libraries look for a metadata server and warn that there is none.
process.env["METADATA_SERVER_DETECTION"] ??= "none";

endOnClosedPipe([process.stdout, process.stderr]);
// Before anything else is loaded: to read and compile a command's modules takes longer than many a command.
enableCompileCache(compileCacheDirectory());
const { run } = await import("./cli/run.ts");
process.exitCode = await run(process.argv.slice(2), process);
