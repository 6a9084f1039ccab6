import {
  ACCESS_PATTERN_LABEL,
  ACCESS_PATTERN_LABEL_VALUES,
  AccessPattern,
} from "../../components/placement/index.ts";
import { BUCKET } from "../model/kinds.ts";
import { block, read, text, texts, UNKNOWN, type Known, type Properties } from "../model/known.ts";

const MEDIA_BUCKET_TOKEN = "mpegflow-gcs:index:MediaBucket";

/** How a bucket says it is written: by its label, not at all, or by a value of that label that means nothing. */
export type Declared = AccessPattern | "Nothing" | { readonly unreadable: string };

/** What the placement rules need to know of a bucket. */
export interface Bucket {
  /** The name in Cloud Storage, if it is known yet. */
  readonly bucketName: Known<string | undefined>;
  readonly location: Known<string | undefined>;
  readonly dataLocations: Known<string[] | undefined>;
  readonly rpo: Known<string | undefined>;
  readonly declared: Known<Declared>;
}

/** A resource as both kinds of policy see it. */
export interface Candidate {
  readonly type: string;
  readonly props: Properties;
  /** Type token of the parent, if there is one. */
  readonly parentType?: string | undefined;
}

/** Reads a bucket's facts; nothing for any other resource. */
export function bucketOf({ type, props, parentType }: Candidate): Bucket | undefined {
  if (!BUCKET.has(type)) return undefined;
  return {
    bucketName: read(() => text(props, "name")),
    location: read(() => text(props, "location")),
    dataLocations: read(() => dataLocationsIn(props)),
    rpo: read(() => text(props, "rpo")),
    declared: read(() => declaredBy(props, parentType)),
  };
}

/** The type token of the resource that a URN names: the last of its qualified type. */
export function typeOfUrn(urn: string): string | undefined {
  return urn.split("::")[2]?.split("$").at(-1);
}

/** A bucket's data locations, if it has any. */
export function dataLocationsIn(props: Properties): string[] | undefined {
  const config = block(props, "customPlacementConfig");
  return config === undefined ? undefined : texts(config, "dataLocations");
}

function declaredBy(props: Properties, parentType: string | undefined): Declared {
  const labels = block(props, "labels");
  const label = labels === undefined ? undefined : text(labels, ACCESS_PATTERN_LABEL);
  if (label === undefined) {
    // The component always sets the label. If it is gone, a transform took it away: believe the worse.
    return parentType === MEDIA_BUCKET_TOKEN ? AccessPattern.ActiveActive : "Nothing";
  }
  const pattern = Object.values(AccessPattern).find((one) => ACCESS_PATTERN_LABEL_VALUES[one] === label);
  return pattern ?? { unreadable: label };
}

/** Whether every fact that a verdict on the placement takes is known. */
export function isPlacementKnown(bucket: Bucket): boolean {
  return bucket.location !== UNKNOWN && bucket.dataLocations !== UNKNOWN && bucket.rpo !== UNKNOWN;
}
