import { existsSync, readFileSync } from "node:fs";
import {
  isObject,
  isUnknown,
  listOf,
  objectOf,
  same,
  textOf,
  type Properties,
  type Value,
} from "../values.ts";

/** What of a provider's configuration says which cluster it is for. */
const PLACE = ["kubeconfig", "context", "cluster"] as const;

/**
 * The changed keys of a provider's configuration that make another cluster of it, so that all its resources are replaced, as the stock
 * provider plans it: another `clusterIdentifier`; where that is left out, other settings of the active cluster in the kubeconfig, or any of
 * the three keys not known yet. Without a kubeconfig of its own nothing is known of the cluster, and nothing is replaced.
 * https://github.com/pulumi/pulumi-kubernetes, `DiffConfig` in provider/pkg/provider/provider.go
 */
export async function movedBy(old: Properties, config: Properties): Promise<readonly string[]> {
  const [before, now] = [old["clusterIdentifier"], config["clusterIdentifier"]];
  if (now !== undefined && same(before, now)) return [];
  const identified = before !== undefined && now !== undefined ? ["clusterIdentifier"] : [];
  const open = PLACE.find((key) => isUnknown(config[key]));
  if (open !== undefined) return [...identified, open];
  // A cluster that is being made: the stand-in foretells its address, which the stock provider's preview does not know.
  if (old["kubeconfig"] === undefined && config["kubeconfig"] !== undefined)
    return [...identified, "kubeconfig"];
  const [was, is] = [await activeCluster(old), await activeCluster(config)];
  return was === undefined || is === undefined || same(was, is)
    ? identified
    : [...identified, ...PLACE.filter((key) => !same(old[key], config[key]))];
}

/** Address, authority and so on of the cluster that a provider is for, where its kubeconfig says so. */
async function activeCluster(config: Properties): Promise<Value | undefined> {
  const kubeconfig = objectOf(await parsed(config["kubeconfig"]));
  const named = (list: string, name: Value | undefined, member: string): Value | undefined =>
    listOf(kubeconfig[list])
      .map(objectOf)
      .find((entry) => entry["name"] === name)?.[member];
  const context = objectOf(
    named("contexts", textOf(config["context"]) ?? kubeconfig["current-context"], "context"),
  );
  return named("clusters", textOf(config["cluster"]) ?? context["cluster"], "cluster");
}

/** A kubeconfig is JSON, YAML, or the path of a file that holds either. */
async function parsed(kubeconfig: Value | undefined): Promise<Value | undefined> {
  if (kubeconfig === undefined || isObject(kubeconfig)) return kubeconfig;
  const given = textOf(kubeconfig) ?? "";
  const text = given !== "" && existsSync(given) ? readFileSync(given, "utf8") : given;
  // Loaded where it is needed: the plugin starts with every command.
  const { parse } = await import("yaml");
  try {
    return parse(text) as Value;
  } catch {
    return undefined;
  }
}
