import { readFileSync } from "node:fs";
import { parsePlacement } from "../../../components/index.ts";
import type { Configuration } from "./run.ts";
import type { Value } from "./values.ts";

/** A row of choices as a configuration: what depends on other choices is filled in. */
export function resolved(row: Configuration): Configuration {
  const { placement, ownClusters, clusters, profiles } = row;
  const name = (row["name"] as string | undefined) ?? "mpegflow";
  const { regions, location } = parsePlacement(placement as string);
  const [first = "us-central1"] = row["firstRegion"] === undefined ? regions : regions.toReversed();
  return {
    ...row,
    ...(clusters !== undefined && {
      clusters: (clusters === "both" && regions.length > 0 ? regions : [first]).map((region) => ({
        region,
        ...(ownClusters === undefined && { context: region }),
        ...(clusters === "first" && { apiServerRange: "203.0.113.0/28" }),
      })),
    }),
    ...Object.fromEntries(
      ["audit", "encryption", "ownClusters", "retention"].flatMap((key) =>
        row[key] === undefined
          ? []
          : [
              [
                key,
                replaced(row[key], {
                  trail: `${name}-audit`,
                  "the stack's name": name,
                  "the first region": first,
                  "the first region's": `${first}-b`,
                  "of the first region": keyIn(first),
                  "of the bucket's location": keyIn(location.toLowerCase()),
                  "one a region": Object.fromEntries(regions.map((region) => [region, keyIn(region)])),
                }),
              ],
            ],
      ),
    ),
    ...(row["firstRegion"] !== undefined && { firstRegion: regions.at(-1) }),
    ...(profiles !== undefined && { profiles: { news: PROFILE } }),
  };
}

const keyIn = (location: string): string =>
  `projects/my-project/locations/${location}/keyRings/r/cryptoKeys/k`;

/** The same value with some texts replaced. */
function replaced(value: Value, by: Readonly<Record<string, Value>>): Value {
  if (typeof value === "string") return value in by ? by[value] : value;
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((one: Value) => replaced(one, by));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, Value]) => [key, replaced(one, by)]),
  );
}

const PROFILE = readFileSync(
  new URL("../../../services/worker/profiles/mp4-h264.yaml", import.meta.url),
  "utf8",
).replace("mp4-h264", "news");
