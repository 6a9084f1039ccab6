import { outputDirectory, yamlFile } from "../cli/files.ts";
import { flag, number, optional, repeatable, withDefault, type Parameter } from "../cli/parameter.ts";

const amount = (meaning: string): Parameter<number> => withDefault(number({ meaning, min: 0, max: 1e7 }), 0);
const percent = (meaning: string, byDefault: number): Parameter<number> =>
  withDefault(number({ meaning, min: 0, max: 100 }), byDefault);
const megabytes = (meaning: string, byDefault: number): Parameter<number> =>
  withDefault(number({ meaning, min: 0.001, max: 5e6 }), byDefault);
const days = { min: 1, max: 7300, whole: true };

/** Every option, in the order of `--help`. */
export const OPTIONS = {
  "ingest-tb-month": amount("TB (10^12 bytes) written every month"),
  "ingest-tib-month": amount("the same in TiB (2^40 bytes)"),
  "stored-tb": amount("TB that the bucket holds at the start"),
  "stored-tib": amount("the same in TiB"),
  "stored-age-months": number({
    meaning:
      "months: the stock is spread evenly over the ages up to this; by default it came in at the rate of the ingest",
    min: 0,
    max: 240,
  }),
  months: withDefault(number({ meaning: "months to look ahead", min: 1, max: 240, whole: true }), 36),
  "object-mb": megabytes("MB (10^6 bytes) of an average object", 100),
  "writes-per-object": withDefault(
    number({
      meaning:
        "class A operations for an object: one, or one for each part of a multipart upload and two more",
      min: 1,
      max: 10_002,
    }),
    1,
  ),
  "delete-after-days": number({
    meaning: "age in days at which objects are deleted; by default never",
    ...days,
  }),
  "overwrite-percent": percent(
    "percent of what is written that is overwritten later; versioning keeps the older versions",
    0,
  ),
  "overwrite-after-days": withDefault(
    number({ meaning: "age in days at which it is overwritten", ...days }),
    1,
  ),
  "active-percent": percent(
    "with Autoclass, percent of everything that is read at least every 30 days and stays in Standard",
    0,
  ),
  share: repeatable(
    optional(
      { of: "text" },
      {
        placeholder: "PREFIX=PERCENT",
        meaning:
          "percent of everything below a prefix of the archive ladder, such as mezzanines/=80; by default all is below them in equal parts",
      },
      readShare,
    ),
  ),
  "read-tb-month": amount("TB read every month in the bucket's own regions"),
  "read-outside-tb-month": amount("TB read every month from other regions of the continent"),
  "internet-tb-month": amount("TB sent every month to the internet straight from the bucket"),
  "cdn-tb-month": amount("TB sent every month to the internet by Cloud CDN"),
  "cdn-hit-percent": percent("percent of them that come from the CDN's caches", 95),
  "cdn-object-mb": megabytes("MB of an average answer of the CDN", 2),
  "migrate-from-s3-tb": amount("TB to move from Amazon S3; needs a file with prices of S3"),
  "migrate-months": withDefault(
    number({ meaning: "months over which they move", min: 1, max: 60, whole: true }),
    1,
  ),
  prices: yamlFile({
    meaning: "YAML file with prices that take the place of the built-in ones",
    wanted: "prices by id, as `npm run cost -- --list-prices` shows them",
  }),
  out: withDefault(outputDirectory({ meaning: "directory of the report" }), ".sandbox/cost"),
  "list-prices": flag({ meaning: "print every price that is built in and the ids of all others, and end" }),
};

export interface Share {
  readonly prefix: string;
  /** Part of everything, 0 to 1. */
  readonly part: number;
}

function readShare(given: string): { value: Share } | { wrong: string } {
  const [, prefix = "", percentage = ""] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(given) ?? [];
  return prefix === "" || Number(percentage) > 100
    ? { wrong: `${JSON.stringify(given)} is not PREFIX=PERCENT, such as mezzanines/=80` }
    : { value: { prefix, part: Number(percentage) / 100 } };
}
