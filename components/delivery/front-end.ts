import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { CdnAddressResources, CdnDeliveryResources } from "./cdn-delivery-resources.ts";
import { tlsOf, type TlsSettings } from "./tls.ts";
import { HTTPS_REDIRECT } from "./url-map.ts";

/** The viewers' side of a load balancer. */
export interface FrontEndArgs {
  readonly projectId: pulumi.Input<string>;
  /** Id of the URL map that HTTPS requests go by. */
  readonly urlMap: pulumi.Input<string>;
  readonly certificateMap: pulumi.Input<string>;
  readonly tls: TlsSettings;
  readonly ipv6: boolean;
  readonly labels?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Whether the addresses are protected: DNS records name them, and a released address cannot be reclaimed. */
  readonly kept: boolean;
}

/** What viewers' requests go to, up to the URL map. */
export type FrontEnd = Pick<
  CdnDeliveryResources,
  "httpsProxy" | "sslPolicy" | "redirectUrlMap" | "httpProxy" | "ipv4" | "ipv6"
>;

/**
 * Addresses, HTTPS with a TLS policy, and HTTP that only redirects, with its own URL map and proxy.
 *
 * Source: https://docs.cloud.google.com/load-balancing/docs/https/setting-up-http-https-redirect
 */
export function frontEnd(name: string, args: FrontEndArgs, parent: pulumi.Resource): FrontEnd {
  const opts = { parent };
  const project = args.projectId;
  const labels = args.labels && { labels: args.labels };
  const tls = tlsOf(args.tls);

  const redirect = new gcp.compute.URLMap(
    `${name}-redirect`,
    { project, defaultUrlRedirect: HTTPS_REDIRECT },
    opts,
  );
  const http = new gcp.compute.TargetHttpProxy(`${name}-redirect`, { project, urlMap: redirect.id }, opts);
  const sslPolicy = new gcp.compute.SSLPolicy(
    name,
    { project, minTlsVersion: tls.minVersion, profile: tls.profile },
    opts,
  );
  const https = new gcp.compute.TargetHttpsProxy(
    name,
    { project, urlMap: args.urlMap, certificateMap: args.certificateMap, sslPolicy: sslPolicy.id },
    opts,
  );

  const answer = (ipVersion: "IPV4" | "IPV6"): CdnAddressResources => {
    const own = `${name}-${ipVersion.toLowerCase()}`;
    const address = new gcp.compute.GlobalAddress(
      own,
      { project, ipVersion, ...labels, deletionPolicy: args.kept ? "PREVENT" : "DELETE" },
      { ...opts, ...(args.kept && { protect: true }) },
    );
    const rule = (suffix: string, portRange: string, target: pulumi.Output<string>) =>
      new gcp.compute.GlobalForwardingRule(
        `${own}-${suffix}`,
        {
          project,
          ...labels,
          ipAddress: address.address,
          portRange,
          target,
          loadBalancingScheme: "EXTERNAL_MANAGED",
        },
        opts,
      );
    return { address, https: rule("https", "443", https.id), http: rule("http", "80", http.id) };
  };
  return {
    httpsProxy: https,
    sslPolicy,
    redirectUrlMap: redirect,
    httpProxy: http,
    ipv4: answer("IPV4"),
    ipv6: args.ipv6 ? answer("IPV6") : undefined,
  };
}
