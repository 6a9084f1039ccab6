import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readPrices } from "../../../../tools/cost/price-file.ts";
import { LIST_PRICES, UNITS } from "../../../../tools/cost/prices.ts";
import { STORAGE_PRICES } from "../../../../components/storage/archive-costs.ts";
import { describeProblem } from "../../../../components/validation/index.ts";

describe("the built-in prices", () => {
  test.each(Object.entries(LIST_PRICES))("%s has a unit, a date and a source", (id, price) => {
    expect(UNITS[id]).toMatch(/^USD per /);
    expect(price.date).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(price.source).toMatch(/^https:\/\//);
    expect(price.usd).toBeGreaterThanOrEqual(0);
    if (!price.verified) expect(price.note).toBeTruthy();
  });

  test("are those that the archive ladder's warnings use", () => {
    expect(LIST_PRICES["storage.region.us-central1.ARCHIVE"]).toMatchObject({
      usd: STORAGE_PRICES.classes.ARCHIVE.gibMonth,
      date: STORAGE_PRICES.date,
    });
  });

  test("hold none of Amazon's, which were not read from Amazon", () => {
    expect(Object.keys(LIST_PRICES).filter((id) => id.startsWith("s3."))).toEqual([]);
  });
});

describe("a price file", () => {
  const problemsOf = (text: string) => readPrices(parse(text)).problems.map(describeProblem);

  test("gives prices their date and source", () => {
    const text = 'prices: { s3.storage: { usd: 0.01, date: 2026-11-01, source: "our contract" } }';
    expect(readPrices(parse(text))).toEqual({
      prices: { "s3.storage": { usd: 0.01, date: "2026-11-01", source: "our contract", verified: true } },
      problems: [],
    });
  });

  test("is refused with every problem at once", () => {
    const text = [
      "prices:",
      "  s3.stroage: { usd: 0.01, date: 2026-11-01, source: x }",
      "  s3.egress: { usd: -1, date: yesterday }",
      "  cdn.fill: 0.01",
      "  cdn.lookups: { usd: 1, date: 2026-11-01, source: x, sorce: y }",
    ].join("\n");
    expect(problemsOf(text)).toEqual([
      'prices["s3.stroage"]: given a price that does not exist; allowed: s3.storage. Fix: rename it to s3.storage, or remove it',
      'prices["s3.egress"].usd: given -1; allowed: a number of US dollars, 0 or more. Fix: correct the price file',
      'prices["s3.egress"].date: given "yesterday"; allowed: the day on which it was read, such as 2026-05-16. Fix: correct the price file',
      'prices["s3.egress"].source: given nothing; allowed: where it was read, as text. Fix: correct the price file',
      'prices["cdn.fill"]: given 0.01; allowed: an object with usd, date, source, verified, note. Fix: write one',
      'prices["cdn.lookups"].sorce: given a key that does not exist; allowed: source. Fix: rename or remove it',
    ]);
  });

  test.each(["[]", "1", "prices: 3", ""])("is refused as %j", (text) => {
    expect(readPrices(parse(text)).problems).toHaveLength(1);
  });
});
