import { AccessPattern, MediaBucket, multiRegion, region, Rpo } from "../../../components/index.ts";
import { bucketRefusal } from "./media-bucket-refusal.ts";
import type { Refusal } from "./refusal.ts";

/** Where the bucket is, and what it is called. */
export const placementRefusals: Refusal[] = [
  {
    when: "a name of which no bucket's could be made",
    make: () =>
      new MediaBucket("m".repeat(70), {
        placement: region("us-central1"),
        accessPattern: AccessPattern.SingleWriter,
      }),
    subject: `MediaBucket "${"m".repeat(70)}"`,
    says: [
      `name: given "${"m".repeat(70)}"; allowed: 1 to 55 characters of a-z, 0-9, - and _, first and last a letter or ` +
        "digit, without the name of Google. Reason: a bucket is named after it, with 8 more characters. " +
        "Fix: set bucketName, or give the component another name",
    ],
  },
  bucketRefusal(
    "writers in two regions of a multi-region",
    { placement: multiRegion("US") },
    "accessPattern: given ActiveActive with location US (a multi-region); allowed: a dual-region with rpo " +
      "ASYNC_TURBO. Reason: only a dual-region lets you place compute in the bucket's own two regions " +
      "(reads are free from both, turbo replication aims at a recovery point of 15 minutes); a multi-region " +
      "gives no say over its regions, charges for every read, and has a recovery point of 12 hours. Fix: " +
      "place it in a dual-region, such as NAM4 (us-central1 + us-east1) or US with us-central1 + us-east4, " +
      "with rpo ASYNC_TURBO; or, if one region at a time writes, declare it SingleWriter",
  ),
  bucketRefusal(
    "writers in two regions of a multi-region in Asia",
    { placement: multiRegion("ASIA") },
    "accessPattern: given ActiveActive with location ASIA (a multi-region); allowed: a dual-region with " +
      "rpo ASYNC_TURBO. Reason: only a dual-region lets you place compute in the bucket's own two regions " +
      "(reads are free from both, turbo replication aims at a recovery point of 15 minutes); a multi-region " +
      "gives no say over its regions, charges for every read, and has a recovery point of 12 hours. Fix: " +
      "place it in a dual-region, such as ASIA1 (asia-northeast1 + asia-northeast2) or ASIA with asia-east1 " +
      "+ asia-southeast1, with rpo ASYNC_TURBO; or, if one region at a time writes, declare it SingleWriter",
  ),
  bucketRefusal(
    "writers in two regions of one region",
    { placement: region("us-central1") },
    "accessPattern: given ActiveActive with location US-CENTRAL1 (a single region); allowed: a " +
      "dual-region with rpo ASYNC_TURBO. Reason: only a dual-region lets you place compute in the bucket's " +
      "own two regions (reads are free from both, turbo replication aims at a recovery point of 15 " +
      "minutes); a multi-region gives no say over its regions, charges for every read, and has a recovery " +
      "point of 12 hours. Fix: place it in a dual-region, such as NAM4 (us-central1 + us-east1) or US with " +
      "us-central1 + us-east4, with rpo ASYNC_TURBO; or, if one region at a time writes, declare it " +
      "SingleWriter",
  ),
  bucketRefusal(
    "writers in two regions with default replication",
    { rpo: Rpo.DEFAULT },
    'rpo: given "DEFAULT" with ActiveActive; allowed: ASYNC_TURBO. Reason: default replication has a ' +
      "recovery point of 12 hours, turbo replication of 15 minutes: what is not replicated yet cannot be " +
      "read while its region is out. Fix: set rpo ASYNC_TURBO",
  ),
  bucketRefusal(
    "turbo replication of one region",
    { placement: region("us-central1"), accessPattern: AccessPattern.SingleWriter, rpo: Rpo.ASYNC_TURBO },
    'rpo: given "ASYNC_TURBO" with location US-CENTRAL1; allowed: nothing on a region. Reason: a single ' +
      "region does not replicate. Fix: leave rpo out",
  ),
  bucketRefusal(
    "turbo replication of a multi-region",
    { placement: multiRegion("US"), accessPattern: AccessPattern.SingleWriter, rpo: Rpo.ASYNC_TURBO },
    'rpo: given "ASYNC_TURBO" with location US; allowed: DEFAULT. Reason: turbo replication exists on ' +
      "dual-regions only. Fix: leave rpo out, or choose a dual-region",
  ),
  bucketRefusal(
    "a hand-made pair that only a predefined location has",
    {
      placement: {
        kind: "DualRegion",
        location: "US",
        dataLocations: ["US-CENTRAL1", "US-EAST1"],
        regions: ["us-central1", "us-east1"],
      },
    },
    'placement.dataLocations: given ["US-CENTRAL1","US-EAST1"] with location US; allowed: location NAM4 for ' +
      "this pair, or one of the two with us-east4, us-east5, us-south1, us-west1, us-west2, us-west3, us-west4. Reason: Google offers this pair as the predefined dual-region NAM4 only. Fix: " +
      "use location NAM4 without data locations",
  ),
  bucketRefusal(
    "a hand-made placement with regions of another bucket",
    { placement: { kind: "DualRegion", location: "NAM4", regions: ["us-central1", "us-east4"] } },
    'placement.regions: given DualRegion in ["us-central1","us-east4"] with location NAM4; allowed: ' +
      'DualRegion in ["us-central1","us-east1"]. Fix: make placements with region(), dualRegion(), ' +
      "predefined(), multiRegion() or parsePlacement()",
  ),
  bucketRefusal(
    "a hand-made placement of another kind",
    { placement: { kind: "Region", location: "NAM4", regions: ["us-central1", "us-east1"] } },
    'placement.regions: given Region in ["us-central1","us-east1"] with location NAM4; allowed: ' +
      'DualRegion in ["us-central1","us-east1"]. Fix: make placements with region(), dualRegion(), ' +
      "predefined(), multiRegion() or parsePlacement()",
  ),
  bucketRefusal(
    "a hand-made placement in an unknown location",
    { placement: { kind: "DualRegion", location: "NAM5", regions: [] } },
    'placement.location: given "NAM5"; allowed: a predefined dual-region (ASIA1, EUR4, EUR5, EUR7, EUR8, ' +
      "NAM4), a code with two data locations (ASIA, AU, CA, DE, EU, IN, IT, US), a multi-region (ASIA, EU, " +
      "US), or a region (africa-south1, asia-east1, asia-east2, asia-northeast1, asia-northeast2, " +
      "asia-northeast3, asia-south1, asia-south2, asia-southeast1, asia-southeast2, asia-southeast3, " +
      "australia-southeast1, australia-southeast2, europe-central2, europe-north1, europe-north2, " +
      "europe-southwest1, europe-west1, europe-west2, europe-west3, europe-west4, europe-west6, " +
      "europe-west8, europe-west9, europe-west10, europe-west12, me-central1, me-central2, me-west1, " +
      "northamerica-northeast1, northamerica-northeast2, northamerica-south1, southamerica-east1, " +
      "southamerica-west1, us-central1, us-east1, us-east4, us-east5, us-south1, us-west1, us-west2, " +
      "us-west3, us-west4). Fix: use one of these; zones and unknown codes are refused",
    "accessPattern: given ActiveActive with location NAM5 (unknown); allowed: a dual-region with rpo " +
      "ASYNC_TURBO. Reason: only a dual-region lets you place compute in the bucket's own two regions " +
      "(reads are free from both, turbo replication aims at a recovery point of 15 minutes); a multi-region " +
      "gives no say over its regions, charges for every read, and has a recovery point of 12 hours. Fix: " +
      "place it in a dual-region, such as NAM4 (us-central1 + us-east1) or US with us-central1 + us-east4, " +
      "with rpo ASYNC_TURBO; or, if one region at a time writes, declare it SingleWriter",
  ),
  bucketRefusal(
    "upper case in the name",
    { bucketName: "Media" },
    'bucketName: given "Media"; allowed: 3 to 63 lower-case letters, digits, - and _, first and last a ' +
      "letter or digit; with dots up to 222, each part up to 63. Reason: it has a character that bucket " +
      "names cannot have. Fix: choose another name, or leave bucketName out to have one made from the " +
      "component's name",
  ),
  bucketRefusal(
    "a name of two letters",
    { bucketName: "ab" },
    'bucketName: given "ab"; allowed: 3 to 63 lower-case letters, digits, - and _, first and last a ' +
      "letter or digit; with dots up to 222, each part up to 63. Reason: it is 2 characters long. Fix: " +
      "choose another name, or leave bucketName out to have one made from the component's name",
  ),
  bucketRefusal(
    "a name of 64 letters",
    { bucketName: "a".repeat(64) },
    'bucketName: given "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; allowed: 3 to ' +
      "63 lower-case letters, digits, - and _, first and last a letter or digit; with dots up to 222, each " +
      "part up to 63. Reason: it is 64 characters long. Fix: choose another name, or leave bucketName out " +
      "to have one made from the component's name",
  ),
  bucketRefusal(
    "a name that ends in a dash",
    { bucketName: "media-" },
    'bucketName: given "media-"; allowed: 3 to 63 lower-case letters, digits, - and _, first and last a ' +
      "letter or digit; with dots up to 222, each part up to 63. Reason: it begins or ends with a character " +
      "other than a letter or digit. Fix: choose another name, or leave bucketName out to have one made from " +
      "the component's name",
  ),
  bucketRefusal(
    "a name like an address",
    { bucketName: "10.0.0.1" },
    'bucketName: given "10.0.0.1"; allowed: 3 to 63 lower-case letters, digits, - and _, first and last a ' +
      "letter or digit; with dots up to 222, each part up to 63. Reason: it looks like an IP address. Fix: " +
      "choose another name, or leave bucketName out to have one made from the component's name",
  ),
  bucketRefusal(
    "a name with an empty part",
    { bucketName: "media..example.com" },
    'bucketName: given "media..example.com"; allowed: 3 to 63 lower-case letters, digits, - and _, first ' +
      "and last a letter or digit; with dots up to 222, each part up to 63. Reason: a part between dots is " +
      "empty or longer than 63. Fix: choose another name, or leave bucketName out to have one made from the " +
      "component's name",
  ),
  bucketRefusal(
    "a name with Google's prefix",
    { bucketName: "goog-media" },
    'bucketName: given "goog-media"; allowed: 3 to 63 lower-case letters, digits, - and _, first and last ' +
      "a letter or digit; with dots up to 222, each part up to 63. Reason: Google reserves names like its " +
      "own. Fix: choose another name, or leave bucketName out to have one made from the component's name",
  ),
  bucketRefusal(
    "a name like Google's",
    { bucketName: "my-g00gle" },
    'bucketName: given "my-g00gle"; allowed: 3 to 63 lower-case letters, digits, - and _, first and last ' +
      "a letter or digit; with dots up to 222, each part up to 63. Reason: Google reserves names like its " +
      "own. Fix: choose another name, or leave bucketName out to have one made from the component's name",
  ),
  bucketRefusal(
    "the label that is the component's",
    { labels: { "mpegflow-access-pattern": "x" } },
    'labels["mpegflow-access-pattern"]: given a value; allowed: nothing. Reason: the component sets this ' +
      "label from accessPattern. Fix: remove it",
  ),
  bucketRefusal(
    "a label's key in upper case",
    { labels: { Team: "video" } },
    'labels["Team"]: given "Team"; allowed: up to 63 lower-case letters, digits, - and _, the first a ' +
      "letter. Fix: rename the label",
  ),
  bucketRefusal(
    "a label's value in upper case",
    { labels: { team: "Video" } },
    'labels["team"]: given "Video"; allowed: up to 63 lower-case letters, digits, - and _. Fix: change ' +
      "the value",
  ),
  bucketRefusal(
    "63 labels, with two more that it gets",
    { labels: Object.fromEntries(Array.from({ length: 63 }, (_, index) => [`label-${index}`, "x"])) },
    "labels: given 63 labels; allowed: up to 62. Reason: a resource has 64 at most, and gets mpegflow-access-pattern and goog-pulumi-provisioned as well. Fix: remove some",
  ),
  bucketRefusal(
    "adoption of a bucket with a name that there cannot be",
    { adopt: { bucketName: "Old Media" } },
    'adopt.bucketName: given "Old Media"; allowed: 3 to 63 lower-case letters, digits, - and _, first and ' +
      "last a letter or digit; with dots up to 222, each part up to 63. Reason: it has a character that " +
      "bucket names cannot have. Fix: pass the name of the bucket that exists",
  ),
  bucketRefusal(
    "adoption under another name",
    { adopt: { bucketName: "old-media" }, bucketName: "new-media" },
    'bucketName: given a name, beside adopt; allowed: nothing, or "old-media". Fix: leave bucketName out: ' +
      "the adopted bucket keeps its name",
  ),
  bucketRefusal(
    "adoption of a bucket that may be thrown away",
    { adopt: { bucketName: "old-media" }, disposable: true },
    "disposable: given true with adopt; allowed: one of them. Reason: the bucket contains objects " +
      "from before the adoption. Fix: adopt it protected; once bucketName has taken the place of adopt, it can be made " +
      "disposable",
  ),
];
