import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeProblem } from "../../components/validation/problem.ts";
import { SetupError } from "../../sandbox/process/setup-error.ts";
import { committedConfig } from "../../stacks/committed.ts";
import { readConfig } from "../../stacks/config.ts";
import type { Given } from "../cli/command.ts";
import { isPulumiError } from "../cli/failure.ts";
import { yamlFile } from "../cli/files.ts";
import { UsageError } from "../cli/usage-error.ts";
import type { OPTIONS } from "./parameters.ts";
import { csvReport, migrationCsv } from "./csv.ts";
import { bucketFacts, estimate, shareProblems, type Estimate } from "./estimate.ts";
import { htmlReport } from "./html.ts";
import type { BucketFacts } from "./monthly.ts";
import { costOptions } from "./options.ts";
import { readPrices } from "./price-file.ts";
import { LIST_PRICES, UNITS } from "./prices.ts";
import { MissingPrices } from "./rates.ts";
import { textReport } from "./summary.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * `mpegflow cost`: prints the estimate and writes its reports.
 *
 * @returns the exit code
 * @throws UsageError for a wrong price file or configuration, SetupError where prices are missing
 */
export async function runCost(
  given: Given<typeof OPTIONS> & { readonly stack: string | undefined },
): Promise<number> {
  if (given.stack === undefined || given["list-prices"]) {
    console.log(listPrices());
    return 0;
  }
  const options = costOptions(given.stack, given);
  const bucket = await bucketOf(given.stack);
  const { prices, problems } =
    given.prices === undefined ? { prices: {}, problems: [] } : readPrices(given.prices.value);
  const found = [...problems, ...shareProblems(bucket, options.shares)];
  if (found.length > 0) throw new UsageError(found.map(describeProblem));
  const result = estimated(() => estimate(bucket, options, { ...LIST_PRICES, ...prices }));
  console.log(textReport(result));
  console.log(
    `\n${write(result, given.stack, given.out)
      .map((file) => `Written: ${file}`)
      .join("\n")}`,
  );
  return 0;
}

async function bucketOf(stack: string): Promise<BucketFacts> {
  const name = `stacks/Pulumi.${stack}.yaml`;
  const reading = await stackFile.read([join(root, name)]);
  if ("wrong" in reading) throw new UsageError([`${reading.wrong}.`]);
  try {
    return bucketFacts(readConfig(committedConfig("mpegflow-gcs", stack, reading.value?.text ?? "")));
  } catch (error) {
    if (!isPulumiError(error)) throw error;
    throw new UsageError([`${name}: ${error.message}`]);
  }
}

const stackFile = yamlFile({ meaning: "", wanted: "a stack's `config`" });

function estimated(work: () => Estimate): Estimate {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof MissingPrices)) throw error;
    const entries = error.ids.map((id) => `  ${id}: { usd: …, date: …, source: … }  # ${UNITS[id] ?? ""}`);
    throw new SetupError(
      `${error.message} Google's list prices are built in as far as they are known; Amazon's are not, because AWS's price page could not be read. Give them by --prices FILE, with\nprices:\n${entries.join("\n")}`,
    );
  }
}

function write(result: Estimate, stack: string, out: string): string[] {
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

/** The prices that are built in, then the ids for which a price file has to have one. */
function listPrices(): string {
  const ids = Object.entries(UNITS).map(([id, unit]) => ({ id, unit, price: LIST_PRICES[id] }));
  const known = ids.flatMap(({ id, unit, price }) =>
    price === undefined
      ? []
      : [
          `${id} (${unit}): ${price.usd} ${price.date} ${price.source}${price.verified ? "" : ` NOT VERIFIED: ${price.note ?? ""}`}`,
        ],
  );
  const unknown = ids.flatMap(({ id, unit, price }) => (price === undefined ? [`${id} (${unit})`] : []));
  return [
    ...known,
    "",
    `${unknown.length} more, for which no price is built in; give yours with --prices FILE:`,
    ...unknown,
  ].join("\n");
}
