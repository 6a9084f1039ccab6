import type { Entry } from "./cli/entry.ts";

/** Every command, in the order of `mpegflow --help`. Each is an npm script of the same name too. */
export const COMMANDS = {
  local: {
    summary: "run the stack local on this computer and send a clip through it",
    load: async () => (await import("./local/command.ts")).local,
  },
  "local:down": {
    summary: "destroy the stack local and stop the local cloud",
    load: async () => (await import("./local/command.ts")).localDown,
  },
  preview: {
    summary: "preview a stack or another project, without a cloud account",
    load: async () => (await import("./preview/command.ts")).preview,
  },
  new: {
    summary: "make a Pulumi project of your own that imports the package",
    load: async () => (await import("./new/command.ts")).newProject,
  },
  policy: {
    summary: "judge the resources of a stack by the policy pack",
    load: async () => (await import("./policy/command.ts")).policy,
  },
  drill: {
    summary: "take a region of the stack local out while jobs run",
    load: async () => (await import("./drill/command.ts")).drill,
  },
  cost: {
    summary: "estimate what the bucket of a stack costs",
    load: async () => (await import("./cost/command.ts")).cost,
  },
  profile: {
    summary: "find where a workload meets a bucket's request rates",
    load: async () => (await import("./profile/command.ts")).profile,
  },
  bench: {
    summary: "measure speed or memory against a target",
    load: async () => (await import("./bench/command.ts")).bench,
  },
  soak: {
    summary: "run many jobs while processes are killed and the store fails",
    load: async () => (await import("./soak/command.ts")).soak,
  },
  docs: {
    summary: "write the pages of docs/ that are made from code",
    load: async () => (await import("./docs/command.ts")).docs,
  },
  "docs:http": {
    summary: "write docs/http-api.md",
    load: async () => (await import("./docs/command.ts")).docsHttp,
  },
  release: {
    summary: "check a version before it is published, and publish it",
    load: async () => (await import("./release/command.ts")).release,
  },
  "release:images": {
    summary: "write what is in the images, and publish them with attestations",
    load: async () => (await import("./release/images/command.ts")).releaseImages,
  },
} as const satisfies Readonly<Record<string, Entry>>;

export type CommandName = keyof typeof COMMANDS;
