import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readComponents, type ComponentReference } from "../../tools/docs/components.ts";
import { componentPages, DIRECTORY } from "../../tools/docs/pages.ts";
import { root } from "../engine/support.ts";

const components = readComponents(root.replace(/\/$/, ""));

test("docs/reference/components/ is what `npm run docs` writes", () => {
  const pages = componentPages(components);
  expect(readdirSync(join(root, DIRECTORY)).sort(), "stale: run `npm run docs`").toEqual(
    [...pages.keys()].sort(),
  );
  for (const [file, text] of pages) {
    expect(readFileSync(join(root, DIRECTORY, file), "utf8"), `${file} is stale: run \`npm run docs\``).toBe(
      text,
    );
  }
});

test("every component that an entry of the package exports has a page", () => {
  const byEntry = Map.groupBy(components, ({ entry }) => entry);
  expect(
    Object.fromEntries([...byEntry].map(([entry, found]) => [entry, found.map(({ name }) => name)])),
  ).toEqual({
    "mpegflow-gcs": [
      ...["AuditTrail", "BrokerIdentity", "CdnDelivery", "Coordinator", "EncoderCluster", "EncoderPool"],
      ...["Encryption", "JobMessaging", "Keda", "MediaBucket", "MpegFlowPlatform", "Network"],
    ],
    "mpegflow-gcs/aws": ["ArchiveMigration", "S3AccessRole", "S3Bucket"],
    "mpegflow-gcs/images": ["Images"],
  });
});

describe.each(components)("$name", (component) => {
  test("says what it is, and what each argument, output, type and property is", () => {
    expect(undocumented(component)).toEqual([]);
  });

  test("has arguments and outputs", () => {
    expect(component.arguments.length).toBeGreaterThan(0);
    expect(component.outputs.length).toBeGreaterThan(0);
  });
});

test("a type that is one of a few has its values, and optional arguments their defaults", () => {
  const bucket = components.find(({ name }) => name === "MediaBucket");
  expect(bucket?.arguments.find(({ name }) => name === "rpo")).toMatchObject({
    optional: true,
    type: "Rpo",
    default: "`ASYNC_TURBO` on a dual-region, nothing elsewhere",
  });
  const rpo = bucket?.types.find(({ name }) => name === "Rpo");
  expect(rpo?.kind === "values" && rpo.values.map(({ value }) => value)).toEqual([
    '"DEFAULT"',
    '"ASYNC_TURBO"',
  ]);
});

function undocumented({
  doc,
  arguments: given,
  outputs,
  types: named,
  resources,
}: ComponentReference): string[] {
  const types = [...named, ...resources];
  const without = (where: string, members: ComponentReference["outputs"]): string[] =>
    members.filter(({ text }) => text === "").map(({ name }) => `${where}.${name}`);
  return [
    ...(doc.text === "" ? ["the component"] : []),
    ...without("arguments", given),
    ...without("outputs", outputs),
    ...types.filter((type) => type.doc.text === "").map(({ name }) => name),
    ...types.flatMap((type) => (type.kind === "object" ? without(type.name, type.members) : [])),
  ];
}
