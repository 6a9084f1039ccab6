"use strict";
const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");

const bucket = new aws.s3.Bucket("site", { tags: { team: "web" } });
new aws.s3.BucketWebsiteConfiguration("site", { bucket: bucket.id, indexDocument: { suffix: "index.html" } });
const access = new aws.s3.BucketPublicAccessBlock("site", { bucket: bucket.id, blockPublicAcls: false });
new aws.s3.BucketObject("index.html", {
  bucket: bucket.id,
  content: "<h1>Dailies</h1>",
  contentType: "text/html",
});
new aws.s3.BucketPolicy(
  "site",
  {
    bucket: bucket.id,
    policy: bucket.arn.apply((arn) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${arn}/*` }],
      }),
    ),
  },
  { dependsOn: access },
);
const us = new aws.Provider("us", {
  region: "us-east-1",
  defaultTags: { tags: { team: "web" } },
  ignoreTags: { keys: ["cost"] },
});
const certificate = new aws.acm.Certificate(
  "site",
  { domainName: "www.example.com", validationMethod: "DNS" },
  { provider: us },
);
const zone = aws.route53.getZone({ name: "example.com" }, { async: true });
new aws.route53.Record("validation", {
  zoneId: zone.then(({ zoneId }) => zoneId),
  name: certificate.domainValidationOptions[0].resourceRecordName,
  type: certificate.domainValidationOptions[0].resourceRecordType,
  records: [certificate.domainValidationOptions[0].resourceRecordValue],
  ttl: 600,
});
const distribution = new aws.cloudfront.Distribution("site", {
  enabled: true,
  origins: [{ originId: "site", domainName: bucket.bucketRegionalDomainName }],
  defaultCacheBehavior: {
    targetOriginId: "site",
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    forwardedValues: { queryString: false, cookies: { forward: "none" } },
  },
  restrictions: { geoRestriction: { restrictionType: "none" } },
  viewerCertificate: { acmCertificateArn: certificate.arn, sslSupportMethod: "sni-only" },
});

exports.siteUrl = pulumi.interpolate`https://${distribution.domainName}`;
