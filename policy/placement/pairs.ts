import type { ResourceValidationPolicy } from "@pulumi/policy";
import { checkPlacement } from "../../components/placement/index.ts";
import { BUCKET } from "../model/kinds.ts";
import { text } from "../model/known.ts";
import { resourceRule } from "../model/rule.ts";
import { dataLocationsIn } from "./bucket.ts";
import { named } from "./refusal.ts";

export const bucketPlacementIsValid: ResourceValidationPolicy = resourceRule({
  name: "bucket-placement-is-valid",
  family: "placement",
  subject: "a bucket",
  tokens: BUCKET,
  displayName: "Buckets are placed as Cloud Storage can place them",
  description: "A bucket's location, data locations and rpo must be a combination that Cloud Storage offers.",
  severity: "high",
  url: "https://docs.cloud.google.com/storage/docs/locations",
  reason:
    "Google refuses it only when the bucket is made, half-way through an update; and a location cannot be changed.",
  fix:
    'name a region, a multi-region (US, EU, ASIA), a predefined dual-region such as "NAM4", or a code with exactly two ' +
    "customPlacementConfig.dataLocations of it; set rpo on dual-regions only",
  *judge({ props }) {
    // Google's default location is the multi-region US.
    const location = text(props, "location") ?? "US";
    const dataLocations = dataLocationsIn(props);
    const rpo = text(props, "rpo");
    const { problems } = checkPlacement({
      location,
      ...(dataLocations && { dataLocations }),
      ...(rpo !== undefined && { rpo }),
    });
    for (const { path, given, allowed, because, fix } of problems.map(named)) {
      const why = because === undefined ? "" : `: ${because.replace(/\.$/, "")}`;
      yield { text: `has ${path} ${given}${why}; allowed: ${allowed}`, fix };
    }
  },
});
