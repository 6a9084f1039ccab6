import {
  ACCESS_PATTERN_LABEL,
  ACCESS_PATTERN_LABEL_VALUES,
  AccessPattern,
} from "../../components/placement/index.ts";
import { BUCKET } from "../model/kinds.ts";
import { block, read, text, texts, UNKNOWN, type Known, type Properties } from "../model/known.ts";

const MEDIA_BUCKET_TOKEN = "mpegflow-gcs:index:MediaBucket";

/** The access pattern in a bucket's label: a known value, none, or an invalid one. */
export type Declared = AccessPattern | "Nothing" | { readonly unreadable: string };

/** Properties of a bucket for the placement rules. */
export interface Bucket {
  /** The name in Cloud Storage, if it is known yet. */
  readonly bucketName: Known<string | undefined>;
  readonly location: Known<string | undefined>;
  readonly dataLocations: Known<string[] | undefined>;
  readonly rpo: Known<string | undefined>;
  readonly declared: Known<Declared>;
}

/** A resource, in the form common to both kinds of policy. */
export interface Candidate {
  readonly type: string;
  readonly props: Properties;
  /** Type token of the parent, if there is one. */
  readonly parentType?: string | undefined;
}

/** Reads a bucket's properties; undefined for other resources. */
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
    // The component always sets the label. If it is missing, a transform removed it: assume the stricter case.
    return parentType === MEDIA_BUCKET_TOKEN ? AccessPattern.ActiveActive : "Nothing";
  }
  const pattern = Object.values(AccessPattern).find((one) => ACCESS_PATTERN_LABEL_VALUES[one] === label);
  return pattern ?? { unreadable: label };
}

/** Whether all properties that determine the placement are known. */
export function isPlacementKnown(bucket: Bucket): boolean {
  return bucket.location !== UNKNOWN && bucket.dataLocations !== UNKNOWN && bucket.rpo !== UNKNOWN;
}
