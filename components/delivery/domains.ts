import { shown, type Problem } from "../validation/index.ts";

const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** Problems of the names under which viewers reach the CDN. */
export function domainProblems(domains: readonly string[]): Problem[] {
  if (domains.length === 0) {
    return [
      {
        path: "domains",
        given: "[]",
        allowed: "at least one domain",
        because: "certificates are made for names.",
        fix: 'name the host that viewers ask: ["media.example.com"]',
      },
    ];
  }
  return domains.flatMap((domain, index) => {
    if (DOMAIN.test(domain) && domains.indexOf(domain) === index) return [];
    const wildcard = domain.startsWith("*.");
    return [
      {
        path: `domains[${index}]`,
        given: shown(domain),
        allowed: "a whole domain name in lower case, without a scheme or a wildcard, each once",
        fix: wildcard
          ? "name the hosts, and give certificateMap for a wildcard certificate"
          : "write the name alone",
      },
    ];
  });
}

/** A DNS record to create. */
export interface DnsRecord {
  /** Whole name with the dot at its end. */
  name: string;
  /** `A`, `AAAA` or `CNAME`. */
  type: string;
  /** Its target. */
  data: string;
}

/** The records that lead viewers of each domain to the addresses. */
export function addressRecords(
  domains: readonly string[],
  addresses: { readonly ipv4: string; readonly ipv6?: string | undefined },
): DnsRecord[] {
  return domains.flatMap((domain) => [
    { name: `${domain}.`, type: "A", data: addresses.ipv4 },
    ...(addresses.ipv6 === undefined ? [] : [{ name: `${domain}.`, type: "AAAA", data: addresses.ipv6 }]),
  ]);
}
