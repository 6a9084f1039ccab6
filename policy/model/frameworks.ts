import type { PolicyComplianceFramework } from "@pulumi/policy";

/** A recommendation of the CIS Google Cloud Platform Foundation Benchmark. */
export function cisGoogleCloud(reference: string, specification: string): PolicyComplianceFramework {
  return {
    name: "CIS Google Cloud Platform Foundation Benchmark",
    version: "2.0.0",
    reference,
    specification,
  };
}

/** A recommendation of the CIS Amazon Web Services Foundations Benchmark. */
export function cisAmazon(reference: string, specification: string): PolicyComplianceFramework {
  return {
    name: "CIS Amazon Web Services Foundations Benchmark",
    version: "2.0.0",
    reference,
    specification,
  };
}
