import type { ServiceId } from "./environment.ts";
import type { Service } from "./manifest.ts";
import type { Pod } from "./pod.ts";
import { forwardService, type ServiceForwarder } from "./service-forwarder.ts";

/** A cluster's Services, as loopback forwarders. */
export interface Services {
  /** Starts or changes what `namespace/name` selects; undefined ends it, and its address stays. */
  declare: (id: string, spec: Service["spec"] | undefined) => Promise<void>;
  /** Loopback address, `host:port`; a Service keeps it for as long as the cluster runs, because pods were started with it. */
  resolve: (service: ServiceId) => Promise<string>;
  /** Address of the first port of `namespace/name`, when it was declared. */
  address: (id: string) => string | undefined;
  close: () => Promise<void>;
}

export function openServices(pods: () => readonly Pod[]): Services {
  const specs = new Map<string, Service["spec"]>();
  const forwarders = new Map<string, Promise<ServiceForwarder>>();
  const addresses = new Map<string, string>();

  const readyAddresses = ({ namespace, name, port }: ServiceId): string[] => {
    const spec = specs.get(`${namespace}/${name}`);
    const wanted = port === undefined ? spec?.ports[0] : spec?.ports.find((one) => one.port === port);
    if (spec === undefined || wanted === undefined) return [];
    return pods()
      .filter(({ identity }) => identity.namespace === namespace)
      .filter(({ identity }) =>
        Object.entries(spec.selector).every(([label, value]) => identity.labels[label] === value),
      )
      .filter((pod) => pod.status().ready)
      .flatMap((pod) => pod.address(wanted.targetPort ?? wanted.port) ?? []);
  };
  const resolve = async (service: ServiceId): Promise<string> => {
    const id = `${service.namespace}/${service.name}:${service.port ?? ""}`;
    const known = forwarders.get(id) ?? forwardService(() => readyAddresses(service));
    forwarders.set(id, known);
    return (await known).address;
  };

  return {
    resolve,
    declare: async (id, spec) => {
      if (spec === undefined) {
        specs.delete(id);
        return;
      }
      specs.set(id, spec);
      const [namespace = "", name = ""] = id.split("/");
      addresses.set(id, await resolve({ namespace, name, port: undefined }));
    },
    address: (id) => (specs.has(id) ? addresses.get(id) : undefined),
    close: async () => {
      await Promise.all([...forwarders.values()].map(async (forwarder) => (await forwarder).close()));
      forwarders.clear();
    },
  };
}
