import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { podField, type PodIdentity } from "./downward.ts";
import { writeFiles } from "./files.ts";
import type { PodSpec, Projection, Volume } from "./pod-schema.ts";

/** What a node reads from the API server for its pods. */
export interface PodSources {
  /** Decoded `data` and `binaryData`, or undefined when there is none. */
  configMap: (namespace: string, name: string) => Promise<ReadonlyMap<string, Uint8Array> | undefined>;
  secret: (namespace: string, name: string) => Promise<ReadonlyMap<string, Uint8Array> | undefined>;
  /** A token of the pod's service account that is bound to the pod. */
  token: (
    pod: PodIdentity,
    request: { audience: string | undefined; expirationSeconds: number },
  ) => Promise<{ token: string; expires: Date }>;
}

/** Something that a pod needs and that is not there yet: its container waits, as `CreateContainerConfigError`. */
export class Missing extends Error {}

/** Longest time until changes of config maps and secrets arrive, in milliseconds: the kubelet's `syncFrequency`. */
const syncMs = 60_000;
/** The kubelet asks for a new token when 80 % of its life are over, or a day. https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/ */
const tokenLife = 0.8;
const dayMs = 24 * 3600 * 1000;

/** The volumes of one pod, as directories below the pod's own. */
export interface Volumes {
  /** Local directory of each volume. */
  directories: ReadonlyMap<string, string>;
  /**
   * Writes what they hold.
   *
   * @returns milliseconds until the next time is due; undefined when they never change
   * @throws Missing naming what is not there
   */
  fill: (pod: PodIdentity) => Promise<number | undefined>;
}

export function openVolumes(spec: PodSpec, directory: string, sources: PodSources): Volumes {
  const directories = new Map(spec.volumes.map(({ name }) => [name, join(directory, "volumes", name)]));
  const tokens = new Map<string, { token: string; renew: number }>();

  const token = async (pod: PodIdentity, volume: string, source: Projection["serviceAccountToken"] & {}) => {
    const id = `${volume}/${source.path}`;
    const known = tokens.get(id);
    if (known !== undefined && Date.now() < known.renew) return known;
    const { audience, expirationSeconds } = source;
    const asked = Date.now();
    const issued = await sources.token(pod, { audience, expirationSeconds });
    const fresh = {
      token: issued.token,
      renew: asked + Math.min((issued.expires.getTime() - asked) * tokenLife, dayMs),
    };
    tokens.set(id, fresh);
    return fresh;
  };

  const fillOne = async (pod: PodIdentity, volume: Volume): Promise<number | undefined> => {
    const own = directories.get(volume.name) ?? directory;
    mkdirSync(own, { recursive: true });
    const { configMap, secret, downwardAPI, projected } = volume;
    const projections: Projection[] = projected?.sources ?? [
      { ...(configMap && { configMap }), ...(secret && { secret }), ...(downwardAPI && { downwardAPI }) },
    ];
    const due: number[] = [];
    for (const source of projections) {
      const files = new Map<string, string | Uint8Array>();
      if (source.serviceAccountToken) {
        const { token: text, renew } = await token(pod, volume.name, source.serviceAccountToken);
        files.set(source.serviceAccountToken.path, text);
        due.push(renew - Date.now());
      }
      for (const { path, fieldRef } of source.downwardAPI?.items ?? []) {
        files.set(path, podField(`volume ${volume.name}`, fieldRef.fieldPath, pod));
      }
      for (const [kind, wanted] of [
        ["configMap", source.configMap],
        ["secret", source.secret],
      ] as const) {
        if (wanted === undefined) continue;
        due.push(syncMs);
        const data = await sources[kind](pod.namespace, wanted.name);
        if (data === undefined) {
          if (wanted.optional) continue;
          throw new Missing(`${kind.toLowerCase()} "${wanted.name}" not found`);
        }
        for (const { key, path } of wanted.items ??
          [...data.keys()].map((each) => ({ key: each, path: each }))) {
          const value = data.get(key);
          if (value !== undefined) files.set(path, value);
          else if (!wanted.optional)
            throw new Missing(`references non-existent ${kind.toLowerCase()} key: ${key}`);
        }
      }
      writeFiles(own, files);
    }
    return due.length === 0 ? undefined : Math.max(Math.min(...due), 0);
  };

  return {
    directories,
    fill: async (pod) => {
      const due: number[] = [];
      for (const volume of spec.volumes) {
        const next = await fillOne(pod, volume);
        if (next !== undefined) due.push(next);
      }
      return due.length === 0 ? undefined : Math.min(...due);
    },
  };
}
