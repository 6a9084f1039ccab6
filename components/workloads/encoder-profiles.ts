import { createHash } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { shown, type Problem } from "../validation/index.ts";
import type { WorkerVariables } from "./environment.ts";
import type { WorkloadLabels } from "../kubernetes/labels.ts";

/** Where the profiles are mounted. */
const DIRECTORY = "/etc/mpegflow/profiles";
/** Bytes of one profile: what a worker reads at most. */
const LARGEST = 256 * 1024;
/** Bytes of a ConfigMap. https://kubernetes.io/docs/concepts/configuration/configmap/ */
const LARGEST_MAP = 1024 * 1024;

/** Volume, mount and variable by which workers find encoding profiles. */
export interface ProfilesVolume {
  readonly map: kubernetes.core.v1.ConfigMap;
  readonly volume: { readonly name: string; readonly configMap: { readonly name: pulumi.Input<string> } };
  readonly mount: { readonly name: string; readonly mountPath: string; readonly readOnly: true };
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * A ConfigMap of encoding profiles, named after what is in it: workers read profiles when they start, so other profiles
 * have to come with other pods, and those that run keep theirs.
 */
export function profilesVolume(
  name: string,
  profiles: Readonly<Record<string, string>>,
  place: {
    readonly namespace: pulumi.Input<string>;
    readonly kubernetesName: string;
    readonly labels: WorkloadLabels;
    readonly parent: pulumi.Resource;
  },
): ProfilesVolume {
  const data = Object.fromEntries(
    Object.entries(profiles)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([profile, text]) => [`${profile}.yaml`, text]),
  );
  const digest = createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 10);
  const map = new kubernetes.core.v1.ConfigMap(
    `${name}-profiles`,
    {
      metadata: {
        name: `${place.kubernetesName}-profiles-${digest}`,
        namespace: place.namespace,
        labels: place.labels.all,
      },
      immutable: true,
      data,
    },
    { parent: place.parent },
  );
  return {
    map,
    volume: { name: "profiles", configMap: { name: map.metadata.name } },
    mount: { name: "profiles", mountPath: DIRECTORY, readOnly: true },
    variables: { MPEGFLOW_PROFILES: DIRECTORY } satisfies WorkerVariables,
  };
}

/** Problems of profiles that can be found here. Workers check the rest at start, and report file and key. */
export function profilesProblems(profiles: Readonly<Record<string, string>>): Problem[] {
  const entries = Object.entries(profiles);
  const size = entries.reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text), 0);
  return [
    ...(entries.length === 0
      ? [
          {
            path: "profiles",
            given: "no profile",
            allowed: "one profile or more",
            fix: "add a profile, or leave profiles out",
          },
        ]
      : []),
    ...entries.flatMap(([name, text]) => profileProblems(`profiles.${name}`, name, text)),
    ...(size > LARGEST_MAP
      ? [
          {
            path: "profiles",
            given: `${size} bytes`,
            allowed: `${LARGEST_MAP} bytes in all`,
            because: "a ConfigMap holds no more.",
            fix: "leave some of them out",
          },
        ]
      : []),
  ];
}

function profileProblems(path: string, name: string, text: string): Problem[] {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
    return [
      {
        path,
        given: shown(name),
        allowed: "1 to 63 characters of a-z, 0-9 and -, starting with a letter or digit",
        fix: "rename the profile",
      },
    ];
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > LARGEST) {
    return [
      { path, given: `${bytes} bytes`, allowed: `at most ${LARGEST} bytes`, fix: "write a shorter profile" },
    ];
  }
  const said = nameIn(text);
  if (said === name) return [];
  return [
    {
      path,
      given: said === undefined ? "a text that names no profile" : `a profile with the name ${shown(said)}`,
      allowed: `YAML with the line name: ${name}`,
      because: "jobs ask for a profile by the name inside it.",
      fix: "write a profile as docs/encoding.md describes it, under its own name",
    },
  ];
}

/** The name that a profile gives itself; undefined for what is no profile. */
const nameIn = (text: string): string | undefined =>
  /^name:[ \t]*(["']?)([^"'#\n]*?)\1[ \t]*(?:#.*)?$/m.exec(text)?.[2];
