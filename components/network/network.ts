import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import {
  InvalidArguments,
  oneOfProblems,
  problems,
  shown,
  type Problem,
  requireArguments,
} from "../validation/index.ts";
import { addressPlanProblems, planned, type NetworkRegion, type PlannedRegion } from "./address-plan.ts";
import { privateGoogleApis } from "./google-apis.ts";
import { GoogleApis } from "./virtual-addresses.ts";
import type { NetworkResources } from "./network-resources.ts";
import { madeResources } from "../properties/made-resources.ts";

/** Arguments of {@link Network}. */
export interface NetworkArgs {
  /** Project id. */
  readonly projectId: pulumi.Input<string>;
  /**
   * A subnet each: the regions of the bucket's placement, in any order.
   * @example [{ region: "us-central1", block: 0 }, { region: "us-east1", block: 1 }]
   */
  readonly regions: NetworkRegion[];
  /**
   * Where private hosts reach Google's APIs.
   * @default `RESTRICTED`
   */
  readonly googleApis?: GoogleApis;
  /**
   * Lets hosts without a public address reach the internet, by Cloud NAT in every region. Without it there is no
   * route to anything but Google's APIs: images then come from Artifact Registry only.
   * @default false
   */
  readonly cloudNat?: boolean;
  /**
   * Share of connections written to VPC flow logs, 0 (off) to 1. They are billed by volume.
   * @default 0
   */
  readonly flowLogSampling?: number;
}

/** What a cluster in one region needs of a {@link Network}. */
export interface NetworkSubnet {
  /** Self link of the subnet. */
  readonly subnetwork: string;
  /** Name of the secondary range of pods. */
  readonly podRangeName: string;
  /** Name of the secondary range of Services. */
  readonly serviceRangeName: string;
  /** Range for the control plane, CIDR notation. */
  readonly controlPlaneRange: string;
}

/**
 * Ports of KEDA that the control plane calls on nodes: the metrics API and the admission webhook. GKE's own rule opens
 * 443 and 10250 only.
 *
 * Source: https://keda.sh/docs/2.20/operate/cluster/
 */
const KEDA_PORTS = ["6443", "9443"];
const POD_RANGE_NAME = "pods";
const SERVICE_RANGE_NAME = "services";

const made = madeResources<NetworkResources>();

/**
 * A VPC for encoder clusters: one subnet per region with ranges for nodes, pods and Services, Google's APIs at one
 * virtual address, and no way to or from the public internet unless it is asked for. Nothing leads from one region's
 * subnet to the other's but the network itself; neither needs the other.
 */
export class Network extends pulumi.ComponentResource {
  /** Id of the VPC: `projects/P/global/networks/N`. */
  readonly networkId: pulumi.Output<string>;
  /** Self link of the VPC. */
  readonly networkSelfLink: pulumi.Output<string>;
  /** By region: what a cluster there takes. */
  readonly subnets: pulumi.Output<Record<string, NetworkSubnet>>;
  /** Network tag of nodes that KEDA runs on: the firewall rule for its ports is for nodes with it. */
  readonly nodeTag: pulumi.Output<string>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): NetworkResources {
    return made.of(this);
  }

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`Network ${shown(name)}`, args, { projectId: "value", regions: "list" });
    const found = problems();
    found.addAll(networkProblems(name, args));
    found.throwIfAny(`Network ${shown(name)}`);
    super("mpegflow-gcs:index:Network", name, args, opts);

    const parent = { parent: this };
    const cloudNat = args.cloudNat ?? false;
    const vpc = new gcp.compute.Network(
      name,
      {
        project: args.projectId,
        autoCreateSubnetworks: false,
        deleteDefaultRoutesOnCreate: true,
        description: "Encoder clusters: private, with Google's APIs and nothing else of the internet.",
      },
      parent,
    );
    const googleApis = privateGoogleApis(
      name,
      {
        projectId: args.projectId,
        networkId: vpc.id,
        googleApis: args.googleApis ?? GoogleApis.Restricted,
      },
      this,
    );
    const internetRoute = cloudNat
      ? new gcp.compute.Route(
          `${name}-internet`,
          {
            project: args.projectId,
            network: vpc.id,
            destRange: "0.0.0.0/0",
            nextHopGateway: "default-internet-gateway",
            description: "For Cloud NAT.",
          },
          parent,
        )
      : undefined;

    const regions = planned(args.regions);
    const regional = regions.map((region) => ({
      ...region,
      subnet: subnetOf(name, args, vpc, region, this),
      ...(cloudNat ? natOf(name, args, vpc, region, this) : { router: undefined, nat: undefined }),
    }));
    const subnets = regional.map(
      ({ region, subnet, controlPlaneRange }) =>
        [
          region,
          {
            subnetwork: subnet.selfLink,
            podRangeName: POD_RANGE_NAME,
            serviceRangeName: SERVICE_RANGE_NAME,
            controlPlaneRange,
          },
        ] as const,
    );
    const nodeTag = `${name}-nodes`;
    const fromControlPlanes = new gcp.compute.Firewall(
      `${name}-keda`,
      {
        project: args.projectId,
        network: vpc.id,
        direction: "INGRESS",
        sourceRanges: regions.map(({ controlPlaneRange }) => controlPlaneRange),
        targetTags: [nodeTag],
        allows: [{ protocol: "tcp", ports: KEDA_PORTS }],
        description: "Control planes to KEDA: metrics API and admission webhook.",
      },
      parent,
    );

    made.keep(this, {
      network: vpc,
      subnets: Object.fromEntries(regional.map(({ region, subnet }) => [region, subnet])),
      ...googleApis,
      internetRoute,
      routers: Object.fromEntries(
        regional.flatMap(({ region, router }) => (router ? [[region, router]] : [])),
      ),
      nats: Object.fromEntries(regional.flatMap(({ region, nat }) => (nat ? [[region, nat]] : []))),
      kedaFirewall: fromControlPlanes,
    });

    this.networkId = vpc.id;
    this.networkSelfLink = vpc.selfLink;
    this.subnets = pulumi.output(Object.fromEntries(subnets));
    this.nodeTag = fromControlPlanes.targetTags.apply((tags) => tags?.[0] ?? nodeTag);
    this.registerOutputs({
      networkId: this.networkId,
      networkSelfLink: this.networkSelfLink,
      subnets: this.subnets,
      nodeTag: this.nodeTag,
    });
  }

  /**
   * What a cluster in `region` takes of the network.
   *
   * @throws InvalidArguments where the network has no such region
   */
  subnetIn(region: string): pulumi.Output<NetworkSubnet> {
    return this.subnets.apply((subnets) => {
      const subnet = subnets[region];
      if (subnet !== undefined) return subnet;
      throw new InvalidArguments("Network", [
        {
          path: "region",
          given: shown(region),
          allowed: Object.keys(subnets).join(", "),
          fix: "name a region of the network, or add this one to its regions",
        },
      ]);
    });
  }
}

/** Problems of the arguments, as far as they are known in advance. */
export function networkProblems(name: string, args: NetworkArgs): Problem[] {
  const { flowLogSampling: sampling = 0, googleApis = GoogleApis.Restricted } = args;
  const found = [
    ...nameProblems(name),
    ...addressPlanProblems(args.regions),
    ...oneOfProblems("googleApis", googleApis, GoogleApis, " or "),
  ];
  if (!(sampling >= 0 && sampling <= 1)) {
    found.push({
      path: "flowLogSampling",
      given: shown(sampling),
      allowed: "a number from 0 (off) to 1",
      fix: "use a share: 0.1 logs a tenth of the connections",
    });
  }
  return found;
}

/** The node tag contains the name, and a tag has at most 63 characters. */
function nameProblems(name: string): Problem[] {
  if (/^[a-z][a-z0-9-]{0,36}$/.test(name)) return [];
  return [
    {
      path: "name",
      given: shown(name),
      allowed: "1 to 37 characters of a-z, 0-9 and -, starting with a letter",
      because: "the names of subnets, routes and DNS zones begin with it and have at most 63 characters.",
      fix: "give the component another name",
    },
  ];
}

function subnetOf(
  name: string,
  args: NetworkArgs,
  vpc: gcp.compute.Network,
  { region, nodeRange, podRange, serviceRange }: PlannedRegion,
  parent: pulumi.Resource,
): gcp.compute.Subnetwork {
  const sampling = args.flowLogSampling ?? 0;
  return new gcp.compute.Subnetwork(
    `${name}-${region}`,
    {
      project: args.projectId,
      network: vpc.id,
      region,
      ipCidrRange: nodeRange,
      privateIpGoogleAccess: true,
      secondaryIpRanges: [
        { rangeName: POD_RANGE_NAME, ipCidrRange: podRange },
        { rangeName: SERVICE_RANGE_NAME, ipCidrRange: serviceRange },
      ],
      ...(sampling > 0 && {
        logConfig: { flowSampling: sampling, metadata: "INCLUDE_ALL_METADATA" },
      }),
    },
    { parent },
  );
}

function natOf(
  name: string,
  args: NetworkArgs,
  vpc: gcp.compute.Network,
  { region }: PlannedRegion,
  parent: pulumi.Resource,
): { readonly router: gcp.compute.Router; readonly nat: gcp.compute.RouterNat } {
  const router = new gcp.compute.Router(
    `${name}-${region}`,
    { project: args.projectId, network: vpc.id, region },
    { parent },
  );
  const nat = new gcp.compute.RouterNat(
    `${name}-${region}`,
    {
      project: args.projectId,
      router: router.name,
      region,
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
      logConfig: { enable: true, filter: "ERRORS_ONLY" },
    },
    { parent },
  );
  return { router, nat };
}
