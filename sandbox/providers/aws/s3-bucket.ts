import { boolean, string } from "../fields.ts";
import { type Context, type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { found } from "../cloud.ts";
import { recorded } from "../recorded.ts";
import { defined, textOf, type Properties } from "../values.ts";
import { allTags, knownRegion, region, regionOf, regionProblems, tags } from "./common.ts";

const type = "aws:s3/bucket:Bucket";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  );
}

/** Settings that the bucket's own resources have today (policy, versioning, …) are not modelled here: the provider deprecates them. */
export const bucket: ResourceModel = recorded({
  type,
  fields: {
    bucket: string({ replaces: true }),
    region,
    forceDestroy: boolean({ default: false, local: true }),
    objectLockEnabled: boolean({ replaces: true, computed: true }),
    tags,
  },
  outputs: ["arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName", "tagsAll"],
  ...named("bucket", 63),
  problems: (inputs, config) => {
    const name = textOf(inputs["bucket"]);
    return [
      ...regionProblems(inputs, config),
      ...(name === undefined || isBucketName(name)
        ? []
        : [`bucket ${JSON.stringify(name)} is not a name that S3 takes`]),
    ];
  },
  predict: (inputs, config) =>
    defined({
      region: regionOf(inputs, config),
      tagsAll: allTags(inputs, config),
      ...(typeof inputs["bucket"] === "string" && namesOf(inputs["bucket"], regionOf(inputs, config))),
    }),
  distinct: true,
  idOf: (inputs) => textOf(inputs["bucket"]) ?? "",
  report: (inputs, id, { config }) => {
    const where = knownRegion(inputs, config);
    return {
      ...namesOf(id, where),
      region: where,
      objectLockEnabled: inputs["objectLockEnabled"] ?? false,
      tagsAll: allTags(inputs, config),
    };
  },
});

function namesOf(name: string, where: string | undefined): Properties {
  return defined({
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegion: where,
    bucketRegionalDomainName: where && `${name}.s3.${where}.amazonaws.com`,
  });
}

/** The bucket of this name, which a setting of it needs. */
export async function existingBucket(name: string, context: Context): Promise<Properties> {
  const bucketFound = await found(context.cloud().control({ method: "GET", path: ["registry", type, name] }));
  if (bucketFound === undefined) throw new Refusal(`NoSuchBucket: there is no bucket ${name}`);
  return bucketFound;
}
