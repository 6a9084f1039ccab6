import { readFileSync } from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { platformProblems } from "../../../components/platform/platform-checks.ts";
import { mediaBucketProblems } from "../../../components/storage/media-bucket-checks.ts";
import { describeProblem, type Problem } from "../../../components/validation/index.ts";
import { policies } from "../../../policy/policies.ts";
import { environmentFile, environments } from "../../../tools/policy/environments.ts";
import {
  readConfig,
  type ArchiveConfig,
  type PlatformConfig,
  type StackConfig,
} from "../../../stacks/config.ts";
import { archiveArguments, platformArguments } from "../../../stacks/platform-arguments.ts";
import { stackResources } from "../../../stacks/resources.ts";
import { committedConfig } from "../../../stacks/committed.ts";
import {
  judge,
  recordPulumi,
  type GivenResource,
  type JudgeOptions,
  type Recorder,
} from "../../../testing/index.ts";
import { stackMocks } from "../../unit/stacks/stack-mocks.ts";
import type { Value } from "./values.ts";

export type Configuration = Readonly<Record<string, Value>>;

/** What a stack's program registers for a configuration, in mocks; or what it is refused with. */
export async function declared(values: Configuration): Promise<Recorder> {
  const recorder = await recordPulumi(stackMocks);
  try {
    await stackResources(configOf(values));
  } finally {
    await recorder.settled();
  }
  return recorder;
}

/** A configuration as the program reads it. */
export const configOf = (values: Configuration): StackConfig =>
  readConfig(committedConfig("mpegflow-gcs", "matrix", textOf(values)));

/** What the schema or the components say against a configuration, without making anything; throws what is no refusal. */
export async function problemFinder(): Promise<(values: Configuration) => string> {
  const recorder = await recordPulumi();
  const provider = new kubernetes.Provider("cluster", {});
  await recorder.settled();
  return (values) => {
    try {
      const config = configOf(values);
      return (config.kind === "platform" ? problemsOf(config, provider) : archiveProblems(config))
        .map(describeProblem)
        .join("\n");
    } catch (error) {
      if (pulumi.RunError.isInstance(error)) return error.message;
      throw error;
    }
  };
}

function problemsOf(config: PlatformConfig, provider: kubernetes.Provider): readonly Problem[] {
  const { clusters, images = { coordinator: "built", worker: "built" } } = config;
  return platformProblems(config.name, {
    ...platformArguments(config),
    images,
    clusters: clusters.map(({ region, context }) => ({ region, ...(context !== undefined && { provider }) })),
  });
}

const archiveProblems = (config: ArchiveConfig): readonly Problem[] =>
  mediaBucketProblems(config.name, archiveArguments(config));

const textOf = (values: Configuration): string =>
  JSON.stringify({
    config: Object.fromEntries(
      Object.entries(values).flatMap(([key, value]) =>
        value === undefined ? [] : [[`mpegflow-gcs:${key}`, value]],
      ),
    ),
  });

/** The environments' configuration of the policies, in the testing kit's form. */
export const ENVIRONMENTS = environments().map((stack) => {
  const text = readFileSync(environmentFile(stack) ?? "", "utf8");
  const config = Object.entries(JSON.parse(text) as Record<string, string | Record<string, unknown>>).map(
    ([policy, given]) => [policy, typeof given === "string" ? { enforcementLevel: given } : given] as const,
  );
  return { stack, config: Object.fromEntries(config) } satisfies JudgeOptions;
});

export interface Refusal {
  readonly environment: string;
  readonly policy: string;
  readonly resource: string;
  readonly message: string;
}

/** What the pack, as an environment enforces it, refuses of a stack. */
export async function refusals(resources: readonly GivenResource[], environment: string): Promise<Refusal[]> {
  const options = ENVIRONMENTS.find(({ stack }) => stack === environment);
  const { violations } = await judge(policies, resources, { stack: environment, ...options });
  return violations
    .filter(({ level }) => level !== "advisory")
    .map(({ policy, resource, message }) => ({ environment, policy, resource, message }));
}
