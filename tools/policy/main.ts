import { writeFileSync } from "node:fs";
import { findEngine } from "../../sandbox/engine/index.ts";
import { places } from "../local/places.ts";
import { SetupError } from "../../sandbox/process/index.ts";
import { analyze, AnalysisError } from "./analyze.ts";
import type { PolicyViolation } from "./events.ts";
import { parseOptions, USAGE, UsageError, type Options } from "./options.ts";
import { isMandatory, json, junit, sarif, table } from "./reports.ts";

/** `npm run policy -- <state.json | stack>` */
async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv);
  if (options === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const violations = await analyze(options, await findEngine({ sandboxDirectory: places.sandbox }));
  const report = `${reportOf(violations, options).trimEnd()}\n`;
  if (options.output === undefined) process.stdout.write(report);
  else writeFileSync(options.output, report);
  return violations.some(isMandatory) ? 1 : 0;
}

function reportOf(violations: readonly PolicyViolation[], { format, target }: Options): string {
  switch (format) {
    case "table":
      return table(violations);
    case "json":
      return json(violations);
    case "sarif":
      return sarif(violations, target);
    case "junit":
      return junit(violations);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof AnalysisError || error instanceof SetupError))
    throw error;
  process.stderr.write(`${error.message}${error instanceof UsageError ? `\n\n${USAGE}` : ""}\n`);
  process.exitCode = 2;
}
