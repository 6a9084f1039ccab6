import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describeProblem } from "../../components/validation/problem.ts";
import type { DataFile } from "../cli/files.ts";
import { UsageError } from "../cli/usage-error.ts";
import { htmlReport, sentences } from "./report.ts";
import { advise, simulate } from "./simulate.ts";
import { parseWorkload } from "./workload.ts";

/**
 * `mpegflow profile`: prints what it finds and writes a page.
 *
 * @param out the page's directory
 * @returns the exit code
 * @throws UsageError naming everything that is wrong with the workload
 */
export function runProfile({ path, value }: DataFile, out: string): number {
  const parsed = parseWorkload(value);
  if ("problems" in parsed)
    throw new UsageError(parsed.problems.map((problem) => `${path}: ${describeProblem(problem)}`));
  const found = simulate(parsed.workload);
  const advice = advise(parsed.workload, found);
  console.log(sentences(parsed.workload, found, advice).join("\n"));
  mkdirSync(out, { recursive: true });
  const page = join(out, `${basename(path).replace(/\.ya?ml$/, "")}.html`);
  writeFileSync(page, htmlReport(parsed.workload, found, advice));
  console.log(`\nWritten: ${page}`);
  return 0;
}
