import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { archiveMigrationProblems } from "../components/migration/archive-migration-checks.ts";
import { withFirstRegion } from "../components/placement/index.ts";
import { prefixPaths, describeProblems, shown, type Problem } from "../components/validation/index.ts";
import { nearest } from "./nearest.ts";
import {
  CONFIG_SCHEMAS,
  SETTINGS,
  SETTINGS_OF,
  STACK_KINDS,
  type SettingKey,
  type StackConfig,
  type StackKind,
} from "./settings.ts";

export type { ArchiveConfig, PlatformConfig, StackConfig } from "./settings.ts";

/** A stack's configuration as the engine hands it over. */
export interface RawConfig {
  /** Name of the project, which is the namespace of its keys. */
  readonly project: string;
  readonly stack: string;
  /** All keys with their namespaces: `mpegflow-gcs:placement`. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys set with `--secret`: their values are not shown. */
  readonly secretKeys?: readonly string[];
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws pulumi.RunError, which the CLI prints without a stack trace, naming every problem at once
 */
export function readConfig(raw: RawConfig): StackConfig {
  const prefix = `${raw.project}:`;
  const own = Object.fromEntries(
    Object.entries(raw.values)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
  const kind = kindOf(own);
  const parsed = CONFIG_SCHEMAS[kind].safeParse(own);
  const found = [
    ...Object.keys(own).flatMap((key) => keyProblems(raw, kind, key)),
    ...(parsed.error?.issues ?? []).flatMap((issue) => issueProblems(raw, own, issue)),
    ...firstRegionProblems(raw, own),
    ...digestProblems(raw, own),
    ...(kind === "platform" ? imageSourceProblems(raw, own) : []),
    ...(kind === "archive" ? migrationProblems(raw, own) : []),
  ];
  if (parsed.data === undefined || found.length > 0) {
    const count = found.length === 1 ? "1 problem" : `${found.length} problems`;
    throw new pulumi.RunError(describeProblems(`Configuration of stack ${raw.stack}: ${count}.`, found));
  }
  const { placement, firstRegion } = parsed.data;
  if (firstRegion === undefined) return parsed.data;
  return { ...parsed.data, placement: withFirstRegion(placement, firstRegion) };
}

const isSetting = (key: string): key is SettingKey => Object.hasOwn(SETTINGS, key);

/** A kind that does not exist is checked as a platform, whose schema says so. */
function kindOf(own: Readonly<Record<string, string>>): StackKind {
  return STACK_KINDS.find((kind) => kind === own["kind"]) ?? "platform";
}

const kindsWith = (key: SettingKey): StackKind[] =>
  STACK_KINDS.filter((kind) => Object.hasOwn(SETTINGS_OF[kind], key));

/** What is wrong with setting this key at all. */
function keyProblems(raw: RawConfig, kind: StackKind, key: string): Problem[] {
  const known = Object.keys(SETTINGS_OF[kind]);
  if (known.includes(key)) return [];
  if (isSetting(key)) {
    return [
      {
        path: `${raw.project}:${key}`,
        given: "a key that a stack of this kind does not have",
        allowed: known.join(", "),
        because: `${raw.project}:kind is ${kind}, and ${key} is for the kind ${kindsWith(key).join(" or ")}.`,
        fix: `remove it: pulumi config rm --stack ${raw.stack} ${key}`,
      },
    ];
  }
  const meant = nearest(key, known);
  return [
    {
      path: `${raw.project}:${key}`,
      given: "a key that does not exist",
      allowed: meant ?? known.join(", "),
      fix:
        meant === undefined
          ? `remove it: pulumi config rm --stack ${raw.stack} ${key}`
          : `rename it to ${raw.project}:${meant}, or remove it: pulumi config rm --stack ${raw.stack} ${key}`,
    },
  ];
}

type Issue = z.core.$ZodIssue;

function issueProblems(raw: RawConfig, own: Readonly<Record<string, string>>, issue: Issue): Problem[] {
  const [key, ...inside] = issue.path.map(String);
  if (key === undefined || !isSetting(key))
    throw new Error(`configuration issue without a key: ${issue.message}`);
  const path = `${raw.project}:${key}${inside.map(asAccess).join("")}`;
  const { allowed, example } = SETTINGS[key].text;
  const secret = raw.secretKeys?.includes(`${raw.project}:${key}`) === true;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((one) => unknownPartProblem(path, one, issue.message));
  const placementProblem =
    issue.code === "custom" ? (issue.params?.["problem"] as Problem | undefined) : undefined;
  if (placementProblem !== undefined) return [{ ...placementProblem, path }];
  const given = inside.length === 0 ? own[key] : partOf(own[key], issue.path.slice(1));
  return [
    {
      path,
      given: secret ? "(secret)" : shown(given),
      allowed: inside.length === 0 ? allowed : issue.message,
      fix: `set it in Pulumi.${raw.stack}.yaml, such as ${raw.project}:${key}: ${example}`,
    },
  ];
}

function unknownPartProblem(path: string, key: string, knownKeys: string): Problem {
  const meant = nearest(key, knownKeys.split(", "));
  return {
    path: `${path}.${key}`,
    given: "a key that does not exist",
    allowed: meant ?? knownKeys,
    fix: meant === undefined ? "remove it" : `rename it to ${meant}, or remove it`,
  };
}

const asAccess = (part: string): string => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`);

/** The part of a JSON text that an issue is about; nothing where the text is no JSON or has no such part. */
function partOf(text: string | undefined, path: readonly PropertyKey[]): unknown {
  try {
    return path.reduce<unknown>(
      (value, part) => (typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined),
      JSON.parse(text ?? ""),
    );
  } catch {
    return undefined;
  }
}

/** What the component would say of a migration, which is loaded only when everything is right. */
function migrationProblems(raw: RawConfig, own: Readonly<Record<string, string>>): Problem[] {
  const { data: migration } = SETTINGS.migration.schema.safeParse(own["migration"]);
  if (migration === undefined) return [];
  const found = archiveMigrationProblems(migration);
  return prefixPaths(`${raw.project}:migration`, found);
}

function firstRegionProblems(raw: RawConfig, own: Readonly<Record<string, string>>): Problem[] {
  const placement = SETTINGS.placement.schema.safeParse(own["placement"]).data;
  const first = SETTINGS.firstRegion.schema.safeParse(own["firstRegion"]).data;
  if (placement === undefined || first === undefined || placement.regions.includes(first)) return [];
  return [
    {
      path: `${raw.project}:firstRegion`,
      given: shown(first),
      allowed:
        placement.regions.map(shown).join(" or ") || "nothing: Google chooses the regions of a multi-region",
      fix: `name a region of the placement, or remove it: pulumi config rm --stack ${raw.stack} firstRegion`,
    },
  ];
}

/** Images are given or built: one of the two. */
function imageSourceProblems(raw: RawConfig, own: Readonly<Record<string, string>>): Problem[] {
  const given = own["images"] !== undefined;
  const built = own["buildImages"] !== undefined;
  if (given !== built) return [];
  const { allowed, example } = SETTINGS.images.text;
  if (!given) {
    return [
      {
        path: `${raw.project}:images`,
        given: "nothing",
        allowed: `${allowed}; or ${raw.project}:buildImages in its place`,
        fix: `set it in Pulumi.${raw.stack}.yaml, such as ${raw.project}:images: ${example}`,
      },
    ];
  }
  return [
    {
      path: `${raw.project}:buildImages`,
      given: "buildImages and images",
      allowed: "one of the two",
      because: "images that are built are not given.",
      fix: `remove one of them: pulumi config rm --stack ${raw.stack} images`,
    },
  ];
}

/** `imagesByDigest` is about another key, and is checked even where third ones are wrong. */
function digestProblems(raw: RawConfig, own: Readonly<Record<string, string>>): Problem[] {
  const images = SETTINGS.images.schema.safeParse(own["images"]);
  if (own["imagesByDigest"] !== "true" || images.data === undefined) return [];
  return Object.entries(images.data)
    .filter(([, image]) => !/@sha256:[0-9a-f]{64}$/.test(image))
    .map(([program, image]) => ({
      path: `${raw.project}:images.${program}`,
      given: shown(image),
      allowed: "an image by digest: REGISTRY/NAME@sha256:<64 hexadecimal digits>",
      because: "imagesByDigest is true, and a tag can be moved to another image after review.",
      fix: "use the digest that pushing the image printed",
    }));
}
