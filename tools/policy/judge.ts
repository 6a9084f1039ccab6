import { writeFileSync } from "node:fs";
import { findEngine } from "../../sandbox/engine/index.ts";
import { isSetupError, type Report } from "../../sandbox/process/index.ts";
import { directories } from "../cli/directories.ts";
import { policies } from "../../policy/policies.ts";
import { analyze, AnalysisError, type Analysis, type AnalysisOptions } from "./analyze.ts";
import type { Format } from "./format.ts";
import { isMandatory, json, junit, sarif, table } from "./reports.ts";

export interface JudgeOptions extends AnalysisOptions {
  readonly format: Format;
  /** A file for the report. @default stdout */
  readonly output: string | undefined;
}

/**
 * `mpegflow policy`.
 *
 * @returns the exit code: 1 when a mandatory policy is violated, 2 when the resources could not be judged
 */
export async function judge(options: JudgeOptions, report: Report): Promise<number> {
  try {
    const analysis = await analyze(options, await findEngine({ sandboxDirectory: directories.sandbox }));
    const text = `${reportOf(analysis, options).trimEnd()}\n`;
    if (options.output === undefined) process.stdout.write(text);
    else writeFileSync(options.output, text);
    return analysis.violations.some(isMandatory) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof AnalysisError || isSetupError(error))) throw error;
    report(error.message);
    return 2;
  }
}

function reportOf({ violations, resources }: Analysis, { format, target, pack }: JudgeOptions): string {
  const judged = { violations, resources, policies: pack === undefined ? policies : [] };
  switch (format) {
    case "table":
      return table(judged);
    case "json":
      return json(judged);
    case "sarif":
      return sarif(judged, target);
    case "junit":
      return junit(judged);
  }
}
