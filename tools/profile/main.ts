import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { describeProblems, shown } from "../../components/validation/index.ts";
import { htmlReport, sentences } from "./report.ts";
import { advise, simulate } from "./simulate.ts";
import { parseWorkload } from "./workload.ts";

/** `npm run profile -- workload.yaml [--out DIRECTORY]` */

const usage = "npm run profile -- workload.yaml [--out DIRECTORY]   # where a job mix meets a bucket's rates";

function main(args: readonly string[]): number {
  let given;
  try {
    given = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { out: { type: "string", default: "." } },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 1;
  }
  const [file, ...more] = given.positionals;
  if (file === undefined || more.length > 0) {
    console.error(usage);
    return 1;
  }
  let value: unknown;
  try {
    value = parse(readFileSync(file, "utf8"));
  } catch (error) {
    console.error(
      `${shown(file)} cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`,
    );
    return 1;
  }
  const parsed = parseWorkload(value);
  if ("problems" in parsed) {
    console.error(describeProblems(`${file}: ${parsed.problems.length} problem(s).`, parsed.problems));
    return 1;
  }
  const found = simulate(parsed.workload);
  const advice = advise(parsed.workload, found);
  console.log(sentences(parsed.workload, found, advice).join("\n"));
  mkdirSync(given.values.out, { recursive: true });
  const page = join(given.values.out, `${basename(file).replace(/\.ya?ml$/, "")}.html`);
  writeFileSync(page, htmlReport(parsed.workload, found, advice));
  console.log(`\nWritten: ${page}`);
  return 0;
}

process.exitCode = main(process.argv.slice(2));
