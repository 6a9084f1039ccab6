import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  describeProblems,
  InvalidArguments,
  shown,
  type Problem,
} from "../../components/validation/index.ts";
import { committedConfig } from "../../stacks/committed.ts";
import { readConfig } from "../../stacks/config.ts";
import { nearest } from "../../stacks/nearest.ts";
import { csvReport, migrationCsv } from "./csv.ts";
import { bucketFacts, estimate, shareProblems, type Estimate } from "./estimate.ts";
import { htmlReport } from "./html.ts";
import { help, parseOptions, type Options } from "./options.ts";
import { readPriceFile } from "./price-file.ts";
import { LIST_PRICES, UNITS, type PriceList } from "./prices.ts";
import { MissingPrices } from "./rates.ts";
import { textReport } from "./summary.ts";

/** `npm run cost -- STACK [options]` */

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A mistake of the user's, explained in its message. */
class Refusal extends Error {}

const refuse = (problems: readonly Problem[]): never => {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  throw new Refusal(describeProblems(`Cost: ${count}.`, problems));
};

function main(args: readonly string[]): void {
  const parsed = parseOptions(args);
  if ("problems" in parsed) return refuse(parsed.problems);
  if ("ask" in parsed) {
    console.log(parsed.ask === "help" ? help() : listPrices());
    return;
  }
  const { options } = parsed;
  const config = readConfig(committedConfig("mpegflow-gcs", options.stack, stackFile(options.stack)));
  const bucket = bucketFacts(config);
  const { prices, problems } =
    options.prices === undefined ? NO_FILE : readPriceFile(readText(options.prices));
  const found = [...problems, ...shareProblems(bucket, options.shares)];
  if (found.length > 0) refuse(found);
  const result = estimate(bucket, options, { ...LIST_PRICES, ...prices });
  console.log(textReport(result));
  console.log(
    `\n${write(result, options)
      .map((file) => `Written: ${file}`)
      .join("\n")}`,
  );
}

const NO_FILE: { prices: PriceList; problems: Problem[] } = { prices: {}, problems: [] };

function stackFile(stack: string): string {
  const known = readdirSync(join(root, "stacks")).flatMap(
    (file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [],
  );
  if (known.includes(stack)) return readFileSync(join(root, "stacks", `Pulumi.${stack}.yaml`), "utf8");
  return refuse([
    {
      path: "STACK",
      given: shown(stack),
      allowed: known.join(", "),
      fix: `name one of these${nearest(stack, known) === undefined ? "" : `, such as ${nearest(stack, known) ?? ""}`}`,
    },
  ]);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return refuse([
      { path: "--prices", given: shown(file), allowed: "a file that can be read", fix: "correct the path" },
    ]);
  }
}

function write(result: Estimate, { out, stack }: Options): string[] {
  mkdirSync(out, { recursive: true });
  const migration = migrationCsv(result);
  const files = [
    [`${stack}.html`, htmlReport(result)],
    ...(result.lines.length > 0 ? [[`${stack}.csv`, csvReport(result)] as const] : []),
    ...(migration === undefined ? [] : [[`${stack}-migration.csv`, migration]]),
  ] as const;
  return files.map(([name = "", content = ""]) => {
    writeFileSync(join(out, name), content);
    return join(out, name);
  });
}

function listPrices(): string {
  return Object.entries(UNITS)
    .map(([id, unit]) => {
      const price = LIST_PRICES[id];
      const known =
        price === undefined
          ? "not built in"
          : `${price.usd} ${price.date} ${price.source}${price.verified ? "" : ` NOT VERIFIED: ${price.note ?? ""}`}`;
      return `${id} (${unit}): ${known}`;
    })
    .join("\n");
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.exitCode = 1;
  if (error instanceof MissingPrices) {
    const entries = error.ids.map((id) => `  ${id}: { usd: …, date: …, source: … }  # ${UNITS[id] ?? ""}`);
    console.error(
      `${error.message} Google's list prices are built in as far as they are known; Amazon's are not, because AWS's price page could not be read. Give them by --prices FILE, with\nprices:\n${entries.join("\n")}`,
    );
  } else if (error instanceof Refusal || error instanceof InvalidArguments || isRunError(error)) {
    console.error(error.message);
  } else throw error;
}

/** What readConfig throws. */
function isRunError(error: unknown): error is Error {
  return error instanceof Error && error.constructor.name === "RunError";
}
