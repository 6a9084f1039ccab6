import { z } from "zod";
import { forwardService, type ServiceForwarder, type ServiceId } from "../../cluster/index.ts";
import { follow, type ApiClient, type KubeObject } from "../client/index.ts";
import type { Route } from "./pod-network.ts";

const serviceSchema = z.looseObject({
  ports: z.array(z.looseObject({ name: z.string().default(""), port: z.number() })).default([]),
});
const sliceSchema = z.looseObject({
  metadata: z.looseObject({ namespace: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  ports: z
    .array(z.looseObject({ name: z.string().nullish(), port: z.number().nullish() }))
    .nullish()
    .transform((ports) => ports ?? []),
  endpoints: z
    .array(
      z.looseObject({
        addresses: z.array(z.string()),
        conditions: z.looseObject({ ready: z.boolean().nullish() }).default({}),
      }),
    )
    .nullish()
    .transform((endpoints) => endpoints ?? []),
});

/** Services of a real API server: forwarders to the endpoints that its controllers found ready. */
export interface Endpoints {
  /** Loopback address, `host:port`, of a Service; it need not be declared yet. */
  resolve: (service: ServiceId) => Promise<string>;
  /** Pods by address and Services by cluster DNS name. */
  route: Route;
  synced: Promise<unknown>;
  /** After the signal. */
  close: () => Promise<void>;
}

/** @param podAddress where a pod's address and port lead on this machine */
export function followEndpoints(client: ApiClient, podAddress: Route, signal: AbortSignal): Endpoints {
  const services = follow(client, "/api/v1/services", () => undefined, signal);
  const slices = follow(client, "/apis/discovery.k8s.io/v1/endpointslices", () => undefined, signal);
  const forwarders = new Map<string, Promise<ServiceForwarder>>();
  const turns = new Map<string, number>();
  const apiServer = new URL(client.access.server).host;

  const ready = ({ namespace, name, port }: ServiceId): string[] => {
    const service = services.objects.get(`${namespace}/${name}`);
    if (service === undefined) return [];
    const { ports } = serviceSchema.parse(service.spec ?? {});
    const wanted = port === undefined ? ports[0] : ports.find((one) => one.port === port);
    if (wanted === undefined) return [];
    return [...slices.objects.values()]
      .filter((slice) => isOf(slice, namespace, name))
      .flatMap((slice) => {
        const { ports: found, endpoints } = sliceSchema.parse(slice);
        const target = found.find((one) => (one.name ?? "") === wanted.name)?.port;
        return target === undefined || target === null
          ? []
          : endpoints
              .filter(({ conditions }) => conditions.ready !== false)
              .flatMap(({ addresses }) => addresses.flatMap((ip) => podAddress(ip, target) ?? []));
      });
  };
  return {
    resolve: async (service) => {
      if (service.namespace === "default" && service.name === "kubernetes") return apiServer;
      const id = `${service.namespace}/${service.name}:${service.port ?? ""}`;
      const known = forwarders.get(id) ?? forwardService(() => ready(service));
      forwarders.set(id, known);
      return (await known).address;
    },
    route: (host, port) => {
      const { name, namespace } = serviceHost.exec(host)?.groups ?? {};
      if (name === undefined || namespace === undefined) return podAddress(host, port);
      const addresses = ready({ namespace, name, port });
      const turn = turns.get(host) ?? 0;
      turns.set(host, turn + 1);
      return addresses[turn % Math.max(addresses.length, 1)];
    },
    synced: Promise.all([services.synced, slices.synced]),
    close: async () => {
      await Promise.all([services.ended, slices.ended]);
      await Promise.all([...forwarders.values()].map(async (forwarder) => (await forwarder).close()));
    },
  };
}

const serviceHost = /^(?<name>[a-z0-9-]+)\.(?<namespace>[a-z0-9-]+)\.svc(?:\.cluster\.local)?\.?$/;

const isOf = (slice: KubeObject, namespace: string, name: string): boolean =>
  slice.metadata.namespace === namespace && slice.metadata.labels?.["kubernetes.io/service-name"] === name;
