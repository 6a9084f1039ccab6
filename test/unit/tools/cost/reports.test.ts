import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { csvReport, migrationCsv } from "../../../../tools/cost/csv.ts";
import { bucketFacts, estimate, shareProblems, type Estimate } from "../../../../tools/cost/estimate.ts";
import { htmlReport } from "../../../../tools/cost/html.ts";
import { cost } from "../../../../tools/cost/command.ts";
import { costOptions } from "../../../../tools/cost/options.ts";
import { readPrices } from "../../../../tools/cost/price-file.ts";
import { LIST_PRICES } from "../../../../tools/cost/prices.ts";
import { textReport, totals } from "../../../../tools/cost/summary.ts";
import { committedConfig } from "../../../../stacks/committed.ts";
import { readConfig } from "../../../../stacks/config.ts";
import { givenBy } from "../cli/world.ts";

const bucketOf = (stack: string) => {
  const text = readFileSync(new URL(`../../../../stacks/Pulumi.${stack}.yaml`, import.meta.url), "utf8");
  return bucketFacts(readConfig(committedConfig("mpegflow-gcs", stack, text)));
};
async function estimateOf(args: string, prices = ""): Promise<Estimate> {
  const given = await givenBy(cost, ...args.split(" "));
  const options = costOptions(given.stack ?? "", given);
  const more = prices === "" ? {} : readPrices(parse(prices)).prices;
  return estimate(bucketOf(options.stack), options, { ...LIST_PRICES, ...more });
}
const s3 = `prices:
  s3.storage: { usd: 0.0125, date: 2026-11-01, source: "an <example>" }
  s3.egress: { usd: 0.05, date: 2026-11-01, source: "an <example>" }
  s3.requests-get: { usd: 0.0004, date: 2026-11-01, source: "an <example>" }
  s3.requests-list: { usd: 0.005, date: 2026-11-01, source: "an <example>" }
`;

describe("a stack's bucket", () => {
  test("is the one that the component would declare, with its defaults", () => {
    expect(bucketOf("prod")).toMatchObject({
      placement: { location: "NAM4" },
      rpo: "ASYNC_TURBO",
      softDeleteDays: 7,
      steps: [{ to: "NEARLINE" }, { to: "COLDLINE" }, { to: "ARCHIVE" }],
    });
    expect(bucketOf("dev")).toMatchObject({
      placement: { location: "US-CENTRAL1" },
      softDeleteDays: 0,
      steps: [],
    });
  });

  test("has shares for the prefixes of its ladder only", () => {
    expect(shareProblems(bucketOf("prod"), new Map([["mezanines/", 0.5]]))).toEqual([
      {
        path: "--share",
        given: '"mezanines/"',
        allowed: "mezzanines/",
        fix: "write mezzanines/, or remove it",
      },
    ]);
  });
});

describe("the CSV", () => {
  test("is what was reviewed", async () => {
    const result = await estimateOf(
      "prod --ingest-tb-month 40 --stored-tb 900 --months 3 --cdn-tb-month 100 --share mezzanines/=80",
    );
    await expect(
      csvReport(result),
      "review the difference, then: npx vitest run --project unit test/unit/tools/cost --update",
    ).toMatchFileSnapshot("golden/prod.csv");
  });

  test("adds up: each month's rows make its total", async () => {
    const rows = csvReport(
      await estimateOf(
        "prod-eu --ingest-tb-month 7 --stored-tb 30 --delete-after-days 45 --internet-tb-month 3",
      ),
    )
      .trim()
      .split("\r\n")
      .slice(1)
      .map((row) => row.split(","));
    for (const month of new Set(rows.map(([one]) => one))) {
      const usd = (total: boolean) =>
        rows
          .filter((row) => row[0] === month && (row[1] === "total") === total)
          .reduce((sum, row) => sum + Number(row[5]), 0);
      expect(Math.abs(usd(true) - usd(false)), `month ${month ?? ""}`).toBeLessThan(0.1);
    }
  });

  test("of a migration has both sides month by month", async () => {
    const csv = migrationCsv(await estimateOf("archive --migrate-from-s3-tb 100 --months 2", s3))?.split(
      "\r\n",
    );
    expect(csv?.[0]).toBe('month,"left in S3, usd","moved, usd"');
    expect(csv).toHaveLength(4);
  });
});

describe("the page", async () => {
  const page = htmlReport(
    await estimateOf("prod --ingest-tb-month 40 --stored-tb 900 --migrate-from-s3-tb 1000", s3),
  );

  test("needs nothing from elsewhere: no script, no link to a picture, a style or a font", () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\bsrc=|\bhref=/i);
  });

  test("has a plot of items, one of classes and one of the migration, and every element that is opened is closed", () => {
    expect(page.match(/<svg /g)).toHaveLength(3);
    const open: string[] = [];
    for (const [, slash, name = "", , self] of page.matchAll(
      /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*?)(\/?)>/g,
    )) {
      if (self === "/" || ["meta"].includes(name)) continue;
      if (slash === "/") expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });

  test("shows text as text", () => {
    expect(page).toContain("an &lt;example&gt;");
    expect(page).not.toContain("<example>");
  });

  test("marks what is not verified, and says what stands in for what", async () => {
    expect(page).toContain("Stand-in: no verified price for NAM4");
    const cdn = htmlReport(await estimateOf("dev --cdn-tb-month 1 --stored-tb 1"));
    expect(cdn).toContain("Not verified: cdn.fill");
  });
});

test("the report in the terminal says the unit of every amount, the marks and the total", async () => {
  const result = await estimateOf("prod --ingest-tb-month 40 --stored-tb 900 --months 2");
  const text = textReport(result);
  expect(text).toContain("900 TB (818.5 TiB)");
  expect(text).toMatch(/storage ARCHIVE +[\d,]+ GiB-month +\$[\d,.]+ {2}\(stand-in\)/);
  const [first = 0, second = 0] = totals(result);
  const all = (first + second).toLocaleString("en-US", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  expect(text).toContain(`All 2 months: $${all}`);
});
