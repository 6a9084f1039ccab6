import type * as gcp from "@pulumi/gcp";

/** Names of one domain of Google's, inside the network. */
export interface PrivateZoneResources {
  /** The zone. */
  readonly zone: gcp.dns.ManagedZone;
  /** The name that has the addresses. */
  readonly address: gcp.dns.RecordSet;
  /** All other names of the domain, which lead to that one. */
  readonly names: gcp.dns.RecordSet;
}

/** What a {@link Network} made. */
export interface NetworkResources {
  /** The VPC. */
  readonly network: gcp.compute.Network;
  /** The subnets, by region. */
  readonly subnets: Readonly<Record<string, gcp.compute.Subnetwork>>;
  /** The route to Google's APIs. */
  readonly googleApisRoute: gcp.compute.Route;
  /** The private zones of Google's domains: `googleapis`, `artifact-registry` and `container-registry`. */
  readonly zones: Readonly<Record<string, PrivateZoneResources>>;
  /** The route to the internet; undefined without `cloudNat`. */
  readonly internetRoute: gcp.compute.Route | undefined;
  /** The routers of Cloud NAT, by region; empty without `cloudNat`. */
  readonly routers: Readonly<Record<string, gcp.compute.Router>>;
  /** Cloud NAT, by region; empty without `cloudNat`. */
  readonly nats: Readonly<Record<string, gcp.compute.RouterNat>>;
  /** Lets control planes call KEDA on nodes. */
  readonly kedaFirewall: gcp.compute.Firewall;
}
