import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  Coordinator,
  EncoderInput,
  EncoderPool,
  EncoderScalingKind,
  type CoordinatorArgs,
  type EncoderPoolArgs,
} from "../../../components/workloads/index.ts";
import { SignerKind } from "../../../components/identity/index.ts";
import { readConfig as readCoordinator } from "../../../services/coordinator/index.ts";
import { coordinatorEnvironment, workerEnvironment } from "../../../services/environment/index.ts";
import { readConfig as readWorker } from "../../../services/worker/config.ts";
import { committedConfig } from "../../../stacks/committed.ts";
import { readConfig as readStack } from "../../../stacks/config.ts";
import { stackResources } from "../../../stacks/resources.ts";
import { recordPulumi, type Recorder } from "../pulumi-mocks.ts";
import { stackMocks } from "../stacks/stack-mocks.ts";
import { CA } from "./authority.ts";
import { coordinatorArgs } from "./coordinator-world.ts";

const root = new URL("../../../", import.meta.url);

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
}
interface Container {
  readonly name: string;
  readonly env: readonly Variable[];
}

const programs = {
  coordinator: { table: coordinatorEnvironment, read: readCoordinator },
  encoder: { table: workerEnvironment, read: readWorker },
} as const;
type Program = keyof typeof programs;

/** What the libraries and the driver read that the programs use, and what Kubernetes sets in every pod. */
const notOurs = new Set(["GOOGLE_APPLICATION_CREDENTIALS", "LD_LIBRARY_PATH"]);
const inPods = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" };

/** Of fields whose form programs check: what Kubernetes makes of them. https://kubernetes.io/docs/concepts/workloads/pods/downward-api/ */
const fields = new Map([["status.podIPs", "10.4.0.9,fd00::9"]]);

/** With values in place of `$(NAME)`, as in a container. https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/ */
function environmentOf(env: readonly Variable[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value, valueFrom } of env) {
    const path = valueFrom?.fieldRef?.fieldPath ?? "";
    values[name] =
      value?.replaceAll(/\$\((\w+)\)/g, (text, other: string) => values[other] ?? text) ??
      fields.get(path) ??
      path;
  }
  return values;
}

/** Everything that has a name and an environment, wherever in a resource. */
function containersIn(value: unknown): Container[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "env" in value && "image" in value ? [value as Container & typeof value] : [];
  return [...own, ...Object.values(value).flatMap(containersIn)];
}

/** The environments of programs that a stack runs. */
const environmentsOf = ({ resources }: Recorder): [Program, Record<string, string>][] =>
  resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .flatMap(({ inputs }) => containersIn(inputs))
    .map(({ name, env }) => {
      if (!(name in programs)) throw new Error(`${name} is no program of ours`);
      return [name as Program, environmentOf(env)];
    });

async function stackEnvironments(stack: string) {
  const text = readFileSync(new URL(`stacks/Pulumi.${stack}.yaml`, root), "utf8");
  const recorder = await recordPulumi(stackMocks);
  try {
    await stackResources(readStack(committedConfig("mpegflow-gcs", stack, text)));
  } finally {
    await recorder.settled();
  }
  return environmentsOf(recorder);
}

const secret = (name: string) => `projects/my-project/secrets/${name}/versions/latest`;
const { signerEmail, ...withoutSigner } = coordinatorArgs;
const coordinators: readonly CoordinatorArgs[] = [
  coordinatorArgs,
  {
    ...withoutSigner,
    signer: SignerKind.Hmac,
    signerSecretVersion: secret("write"),
    readSignerSecretVersion: secret("read"),
    deadLetterSubscription: "jobs-dead",
    tls: { plaintext: true },
    inputPrefixes: ["in/"],
    outputPrefixes: ["out/"],
  },
  {
    ...withoutSigner,
    ...(signerEmail !== undefined && { signerEmail, readSignerEmail: signerEmail }),
    clients: {
      serviceAccounts: [{ namespace: "apps", name: "ingest" }],
      emails: ["ann@example.com"],
      access: [
        { serviceAccounts: [{ namespace: "apps", name: "ingest" }], inputs: ["in/"], outputs: ["out/"] },
      ],
    },
    uploads: {
      subscription: "uploads",
      prefix: "incoming/",
      outputPrefix: "encoded/",
      suffixes: [".mov", ".mp4"],
      profile: "hls-h264",
    },
  },
];
const encoders: readonly Partial<EncoderPoolArgs>[] = [
  {},
  { input: EncoderInput.Stream, paceShare: 0.01, profiles: { news: "name: news\n" } },
  { placement: { spot: true, gpus: 1 } },
  { scaling: { kind: EncoderScalingKind.ScaledJob } },
  { coordinatorUrl: "http://coordinator.mpegflow.svc.cluster.local", plaintextCoordinator: true },
];

/** Of workloads with all that they can be told, each variable by some of them. */
async function fullEnvironments() {
  const recorder = await recordPulumi(stackMocks);
  coordinators.forEach((args, index) => new Coordinator(`coordinator-${index}`, args));
  encoders.forEach(
    (args, index) =>
      new EncoderPool(`encoder-${index}`, {
        region: "us-central1",
        namespace: "mpegflow-encoders",
        image: "registry/worker:1",
        coordinatorUrl: "https://coordinator.mpegflow.svc.cluster.local",
        coordinatorCa: CA,
        ...args,
      }),
  );
  await recorder.settled();
  return environmentsOf(recorder);
}

/** Names that the program knows nothing of, and what it says against the rest. */
function troubleWith(program: Program, environment: Readonly<Record<string, string>>): string[] {
  const { table, read } = programs[program];
  const unknown = Object.keys(environment).filter((name) => !(name in table) && !notOurs.has(name));
  try {
    read({ ...inPods, ...environment });
    return unknown;
  } catch (error) {
    return [...unknown, String(error)];
  }
}

const stacks = globSync("stacks/Pulumi.*.yaml", { cwd: root }).map((file) =>
  basename(file).replace(/^Pulumi\.|\.yaml$/g, ""),
);
/** Stacks that keep media and run nothing. */
const withoutPrograms = new Set(["archive"]);

describe("what components write, programs read", () => {
  test("all committed stacks are looked at", () => {
    expect(stacks).toEqual(expect.arrayContaining(["dev", "prod", "prod-eu", "archive"]));
  });

  test.each(stacks)("in the stack %s", async (stack) => {
    const environments = await stackEnvironments(stack);
    expect(new Set(environments.map(([program]) => program))).toEqual(
      new Set(withoutPrograms.has(stack) ? [] : Object.keys(programs)),
    );
    for (const [program, environment] of environments)
      expect(troubleWith(program, environment), program).toEqual([]);
  });

  describe("whatever they are told", () => {
    let environments: [Program, Record<string, string>][];
    beforeAll(async () => {
      environments = await fullEnvironments();
    });

    test("by names and values that programs know", () => {
      expect(environments.length).toBe(coordinators.length + encoders.length);
      for (const [program, environment] of environments)
        expect(troubleWith(program, environment), program).toEqual([]);
    });

    test.each(["coordinator", "encoder"] as const)(
      "and every variable of the %s that the table leaves to components is written by one",
      (program) => {
        const written = new Set(
          environments.filter(([one]) => one === program).flatMap(([, variables]) => Object.keys(variables)),
        );
        const left = Object.entries(programs[program].table)
          .filter(([, variable]) => "component" in variable)
          .map(([name]) => name);
        expect([...written].filter((name) => !notOurs.has(name)).toSorted()).toEqual(left.toSorted());
      },
    );
  });

  test("and what no program knows would be told of", () => {
    expect(troubleWith("coordinator", { MPEGFLOW_NEW: "1" })).toEqual([
      "MPEGFLOW_NEW",
      expect.stringContaining("MPEGFLOW_REGION is not set"),
    ]);
  });
});
