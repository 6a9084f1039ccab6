import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "./pages.ts";

/** A resource that a stack creates, as its golden has it. */
export interface GoldenResource {
  /** `gcp:pubsub/topic:Topic`. */
  readonly type: string;
  /** The last part of the type: `Topic`. */
  readonly kind: string;
  /** What its maker calls it. Where the provider makes the end up, what stands before that. */
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly location: string | undefined;
  readonly project: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Stacks that have a golden. */
export const goldenStacks = globSync("test/slow/golden/*.txt", { cwd: root })
  .map((file) => file.replace(/^.*\/|\.txt$/g, ""))
  .filter((name) => name !== "public-api")
  .toSorted();

/** What a stack creates in an empty project. */
export function goldenOf(stack: string): readonly GoldenResource[] {
  const { resources } = parse(readFileSync(join(root, "test/slow/golden", `${stack}.txt`), "utf8")) as {
    resources: Readonly<Record<string, Fields>>;
  };
  return Object.entries(resources).map(([title, fields]) => {
    const type = title.split(" ")[0] ?? "";
    const metadata = { ...fields, ...(fields["metadata"] as Fields | undefined) };
    const text = (key: string): string | undefined => {
      const value = metadata[key];
      return typeof value === "string" ? value.replace(/-\(random\)$/, "") : undefined;
    };
    return {
      type,
      kind: type.split(":").pop() ?? "",
      name: text("name") ?? text("accountId") ?? text("secretId"),
      namespace: text("namespace"),
      location: text("location"),
      project: text("project"),
    };
  });
}
