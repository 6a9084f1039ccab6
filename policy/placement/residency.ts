import type { ResourceValidationPolicy } from "@pulumi/policy";
import { checkPlacement } from "../../components/placement/index.ts";
import { BUCKET, CLUSTER, DATASET, KEY_RING, LOG_BUCKET, NODE_POOL, SECRET, TOPIC } from "../model/kinds.ts";
import { block, blocks, text, texts, type Properties } from "../model/known.ts";
import { matches } from "../model/patterns.ts";
import { resourceRule } from "../model/rule.ts";
import { dataLocationsIn } from "./bucket.ts";

interface ResidencySettings {
  readonly allowedLocations: readonly string[];
}

export const dataStaysWhereAllowed: ResourceValidationPolicy = resourceRule<ResidencySettings>({
  name: "data-stays-where-allowed",
  family: "placement",
  subject: "a resource that holds data",
  tokens: new Set([
    ...BUCKET,
    ...CLUSTER,
    ...DATASET,
    ...KEY_RING,
    ...LOG_BUCKET,
    ...NODE_POOL,
    ...SECRET,
    ...TOPIC,
  ]),
  displayName: "Data stays in the allowed locations",
  description:
    "Where the configuration names allowed locations, buckets, datasets, keys, secrets, topics, log buckets and " +
    "clusters must be in them.",
  severity: "critical",
  url: "https://docs.cloud.google.com/storage/docs/locations",
  reason:
    "data that is stored or processed elsewhere has left the jurisdiction, and copies cannot be recalled.",
  fix: "place it in an allowed location, or add the location to allowedLocations of this policy",
  config: {
    allowedLocations: {
      type: "array",
      items: { type: "string" },
      default: [],
      description:
        'Locations where data may be, in any letter case and with *: ["europe-*", "EUR4", "EU"]. A dual-region is ' +
        "allowed by its code or by both its regions. Nothing is judged while this is empty.",
    },
  },
  *judge({ type, props }, { allowedLocations }) {
    if (allowedLocations.length === 0) return;
    const allowed = (location: string): boolean =>
      matches(
        allowedLocations.map((one) => one.toLowerCase()),
        location.toLowerCase(),
      );
    const places = dataLocationsOf(type, props);
    if (places.length === 0) {
      yield {
        text: `does not say where it is; allowed: ${allowedLocations.join(", ")}`,
        fix: `set ${placeArgumentOf(type)} to an allowed location`,
      };
      return;
    }
    for (const place of places) {
      if (allowed(place.name) || (place.regions.length > 0 && place.regions.every(allowed))) continue;
      yield `is in ${place.name}; allowed: ${allowedLocations.join(", ")}`;
    }
  },
});

/** The property with the location of a resource of this type. */
function placeArgumentOf(type: string): string {
  if (TOPIC.has(type)) return "messageStoragePolicy.allowedPersistenceRegions";
  return SECRET.has(type) ? "replication.userManaged.replicas[].location" : "location";
}

interface DataLocation {
  readonly name: string;
  readonly regions: readonly string[];
}

function dataLocationsOf(type: string, props: Properties): DataLocation[] {
  if (TOPIC.has(type)) {
    return texts(block(props, "messageStoragePolicy") ?? {}, "allowedPersistenceRegions").map(region);
  }
  const location = text(props, "location");
  // A regional secret has a location; others have replicas.
  if (SECRET.has(type) && location === undefined) {
    const replicas = block(block(props, "replication") ?? {}, "userManaged");
    return blocks(replicas ?? {}, "replicas").flatMap((one) => {
      const location = text(one, "location");
      return location === undefined ? [] : [region(location)];
    });
  }
  if (location === undefined) return [];
  if (!BUCKET.has(type)) return [region(zoneless(location))];
  const dataLocations = dataLocationsIn(props);
  return [
    {
      name: location.toUpperCase(),
      regions: checkPlacement({ location, ...(dataLocations && { dataLocations }) }).regions,
    },
  ];
}

function region(name: string): DataLocation {
  return { name, regions: [] };
}

/** The region of a zone; clusters accept both. */
export function zoneless(location: string): string {
  return location.replace(/^([a-z]+-[a-z]+\d+)-[a-z]$/, "$1");
}
