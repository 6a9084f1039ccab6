import { createHash } from "node:crypto";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { NAME_RULES, RANDOM_SUFFIX } from "../validation/names.ts";
import type { CdnCertificateResources } from "./cdn-delivery-resources.ts";
import type { DnsRecord } from "./domains.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Certificates to make. */
export interface CertificatesArgs {
  readonly projectId: pulumi.Input<string>;
  readonly domains: readonly string[];
  readonly labels?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A certificate map as a target proxy takes it, and the records that prove the domains. */
export interface Certificates {
  readonly certificateMap: pulumi.Output<string>;
  readonly dnsRecords: pulumi.Output<DnsRecord[]>;
  readonly map: gcp.certificatemanager.CertificateMap;
  readonly byDomain: Readonly<Record<string, CdnCertificateResources>>;
}

const DIGEST_LENGTH = 8;

/**
 * A certificate and an authorization for each domain: one that is not proved yet holds up no other, and a domain comes
 * and goes without a replacement. Google issues and renews them as long as the records are there, before and without any
 * traffic.
 *
 * Source: https://docs.cloud.google.com/certificate-manager/docs/domain-authorization
 */
export function certificates(name: string, args: CertificatesArgs, parent: pulumi.Resource): Certificates {
  const opts = { parent };
  const common = { project: args.projectId, ...withoutUndefined({ labels: args.labels }) };
  const map = new gcp.certificatemanager.CertificateMap(name, common, opts);
  const made = args.domains.map((domain) => {
    const { ownName, aliases } = nameOfDomain(name, domain);
    const own = { ...opts, aliases };
    const authorization = new gcp.certificatemanager.DnsAuthorization(ownName, { ...common, domain }, own);
    const certificate = new gcp.certificatemanager.Certificate(
      ownName,
      { ...common, managed: { domains: [domain], dnsAuthorizations: [authorization.id] } },
      own,
    );
    const mapEntry = new gcp.certificatemanager.CertificateMapEntry(
      ownName,
      { ...common, map: map.name, hostname: domain, certificates: [certificate.id] },
      own,
    );
    return [domain, { authorization, certificate, mapEntry }] as const;
  });
  return {
    certificateMap: pulumi.interpolate`//certificatemanager.googleapis.com/${map.id}`,
    dnsRecords: pulumi
      .all(made.map(([, { authorization }]) => authorization.dnsResourceRecords))
      .apply((records) => records.flat().map(({ name, type, data }) => ({ name, type, data }))),
    map,
    byDomain: Object.fromEntries(made),
  };
}

/**
 * Name of the resources of a domain: the domain with each dash doubled, so that `a-b.example.com` and `a.b-example.com`
 * differ, or a digest if that is too long. Domains may have 253 characters. It does not depend on other domains, so
 * adding or removing one changes no other. Earlier releases did not double dashes and gave the second of two equal
 * names the digest; aliases keep those.
 */
function nameOfDomain(name: string, domain: string): { ownName: string; aliases: pulumi.Alias[] } {
  const fitting = (readable: string): string[] =>
    readable.length + RANDOM_SUFFIX <= NAME_RULES.compute.longest ? [readable] : [];
  const digest = `${name}-${createHash("sha256").update(domain).digest("hex").slice(0, DIGEST_LENGTH)}`;
  const [ownName = digest] = fitting(`${name}-${domain.replaceAll("-", "--").replaceAll(".", "-")}`);
  const former = [digest, ...fitting(`${name}-${domain.replaceAll(".", "-")}`)];
  return { ownName, aliases: former.filter((one) => one !== ownName).map((one) => ({ name: one })) };
}
