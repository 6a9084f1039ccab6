import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { memberWarnings } from "../identity/grants.ts";
import { componentNameProblems, problems, shown, sorted, requireArguments } from "../validation/index.ts";
import {
  cacheFillAccount,
  DeliveryAccess,
  loadBalancerAccount,
  objectsUnderPrefixes,
  prefixesByCondition,
} from "./access.ts";
import type { CdnDeliveryArgs } from "./cdn-delivery-args.ts";
import { cdnDeliveryProblems } from "./cdn-delivery-checks.ts";
import type { CdnDeliveryResources } from "./cdn-delivery-resources.ts";
import { madeResources } from "../properties/made-resources.ts";
import { cdnPolicyOf, type MediaKind } from "./caching.ts";
import { certificates } from "./certificates.ts";
import { addressRecords, type DnsRecord } from "./domains.ts";
import { frontEnd } from "./front-end.ts";
import { cdnKey } from "./signing-key.ts";
import { planCdnKeys } from "./signing-keys.ts";
import { mediaRoutes } from "./url-map.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const made = madeResources<CdnDeliveryResources>();

/**
 * Serves a private bucket to viewers: a global load balancer with Cloud CDN, a backend for playlists and one for
 * segments, certificates, and HTTP that redirects. Viewers need a signed URL or cookie of Cloud CDN, unless `access` is
 * `Everyone`. V4 signed URLs are for `storage.googleapis.com`: the CDN takes none.
 *
 * Requests are logged: for backend buckets Google logs always, and no argument of theirs turns it off.
 * Source: https://docs.cloud.google.com/load-balancing/docs/https/https-logging-monitoring
 *
 * @throws {InvalidArguments} naming every argument that is refused, before anything is registered
 */
export class CdnDelivery extends pulumi.ComponentResource {
  /** `https://` and the first domain. */
  readonly url: pulumi.Output<string>;
  /** Addresses that viewers' requests go to: IPv4, then IPv6 if asked for. */
  readonly addresses: pulumi.Output<string[]>;
  /** Records to create: of the domains, and those by which Google proves them before it issues certificates. */
  readonly dnsRecords: pulumi.Output<DnsRecord[]>;
  /**
   * `projects/P/secrets/S/versions/latest` of each signing key by its name; the payload is `{"name", "value"}`, as
   * `services/signing` takes a CDN key. Empty with `Everyone`.
   */
  readonly keySecretVersions: pulumi.Output<Record<string, string>>;
  /** The one of them to sign with; undefined with `Everyone`. */
  readonly activeKeySecretVersion: pulumi.Output<string | undefined>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): CdnDeliveryResources {
    return made.of(this);
  }

  constructor(name: string, args: CdnDeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`CdnDelivery ${shown(name)}`, args, {
      projectId: "value",
      projectNumber: "value",
      bucket: "value",
      domains: "list",
    });
    const found = problems();
    found.addAll(cdnDeliveryProblems(args));
    found.addAll(
      componentNameProblems(name, [
        { kind: "compute", what: "each part of the load balancer", suffix: "-ipv4-https", random: true },
      ]),
    );
    found.throwIfAny(`CdnDelivery ${shown(name)}`);
    super("mpegflow-gcs:index:CdnDelivery", name, args, opts);

    for (const warning of memberWarnings("coordinatorPrincipals", args.coordinatorPrincipals ?? [])) {
      void pulumi.log.warn(warning, this);
    }
    const parent = { parent: this };
    const kept = args.disposable !== true;
    const access = args.access ?? DeliveryAccess.SignedRequests;
    const labels = args.labels && { labels: args.labels };

    const backend = (kind: MediaKind) =>
      new gcp.compute.BackendBucket(
        `${name}-${kind}`,
        {
          project: args.projectId,
          bucketName: args.bucket,
          enableCdn: true,
          cdnPolicy: cdnPolicyOf(kind, args.caching ?? {}, access),
          // Playlists are text; segments are compressed already.
          compressionMode: kind === "playlists" ? "AUTOMATIC" : "DISABLED",
          ...(args.responseHeaders && { customResponseHeaders: sorted(args.responseHeaders) }),
          ...withoutUndefined({ edgeSecurityPolicy: args.edgeSecurityPolicy }),
        },
        parent,
      );
    const backends = { playlists: backend("playlists"), segments: backend("segments") };

    const signed = access === DeliveryAccess.SignedRequests;
    const plan = signed ? planCdnKeys(args.signedRequests ?? {}) : { names: [], active: undefined };
    const keys = plan.names.map((keyName) => {
      const key = cdnKey(
        `${name}-key-${keyName}`,
        {
          projectId: args.projectId,
          regions: args.regions ?? [],
          ...labels,
          grantsAfter: [],
          keyName,
          backends,
          readers: args.coordinatorPrincipals ?? [],
          // The key that signs: were the others protected, leaving one out would take a step outside the configuration.
          kept: kept && keyName === plan.active,
        },
        this,
      );
      return [keyName, key] as const;
    });

    const account = signed ? cacheFillAccount : loadBalancerAccount;
    const member = pulumi.output(args.projectNumber).apply(account);
    const parts = prefixesByCondition(args.servedPrefixes ?? []);
    // Without prefixes one grant, of the whole bucket.
    const bucketGrants = (parts.length > 0 ? parts : [undefined]).map((prefixes, index) => {
      const suffix = index === 0 ? "" : `-${index + 1}`;
      return new gcp.storage.BucketIAMMember(
        `${name}-reads${suffix}`,
        {
          bucket: args.bucket,
          role: "roles/storage.objectViewer",
          member,
          ...(prefixes && {
            condition: {
              title: `${name}-served${suffix}`,
              expression: pulumi
                .output(args.bucket)
                .apply((bucket) => objectsUnderPrefixes(bucket, prefixes)),
            },
          }),
        },
        // Google makes the account with the first key, or with the first backend.
        {
          ...parent,
          dependsOn: [
            ...Object.values(backends),
            ...keys.flatMap(([, { onBackends }]) => [onBackends.playlists, onBackends.segments]),
          ],
        },
      );
    });

    const routes = new gcp.compute.URLMap(
      name,
      {
        project: args.projectId,
        ...mediaRoutes({ playlists: backends.playlists.id, segments: backends.segments.id }),
      },
      parent,
    );
    const certified =
      args.certificateMap === undefined
        ? certificates(name, { projectId: args.projectId, domains: args.domains, ...labels }, this)
        : {
            certificateMap: args.certificateMap,
            dnsRecords: pulumi.output<DnsRecord[]>([]),
            map: undefined,
            byDomain: {},
          };
    const front = frontEnd(
      name,
      {
        projectId: args.projectId,
        urlMap: routes.id,
        certificateMap: certified.certificateMap,
        tls: args.tls ?? {},
        ipv6: args.ipv6 === true,
        ...labels,
        kept,
      },
      this,
    );

    made.keep(this, {
      backends,
      keys: Object.fromEntries(keys),
      bucketGrants,
      urlMap: routes,
      certificateMap: certified.map,
      certificates: certified.byDomain,
      ...front,
    });

    const ipv4 = front.ipv4.address.address;
    const ipv6 = front.ipv6?.address.address;
    this.url = pulumi.output(`https://${args.domains[0] ?? ""}`);
    this.addresses = pulumi.all(ipv6 === undefined ? [ipv4] : [ipv4, ipv6]);
    this.dnsRecords = pulumi
      .all([ipv4, ipv6, certified.dnsRecords])
      .apply(([four, six, proofs]) => [
        ...addressRecords(args.domains, { ipv4: four, ipv6: six }),
        ...proofs,
      ]);
    this.keySecretVersions = pulumi.output(
      Object.fromEntries(keys.map(([keyName, { secret }]) => [keyName, secret.latestVersion])),
    );
    this.activeKeySecretVersion = pulumi.output(
      keys.find(([keyName]) => keyName === plan.active)?.[1].secret.latestVersion,
    );
    this.registerOutputs({
      url: this.url,
      addresses: this.addresses,
      dnsRecords: this.dnsRecords,
      keySecretVersions: this.keySecretVersions,
      activeKeySecretVersion: this.activeKeySecretVersion,
    });
  }
}
