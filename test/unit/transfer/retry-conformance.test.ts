import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { FaultRuleInput } from "../../../sandbox/gcs/index.ts";
import { download, TransferError, upload } from "../../../services/transfer/index.ts";
import { goModuleFolder } from "../signing/vectors.ts";
import { createFilledStore, hasty } from "./store.ts";
import type { TestStore } from "./store.ts";

/**
 * Google's retry scenarios, as far as they are about what workers call: `objects.get` is a download here, and
 * `objects.insert` one PUT. Those about other methods concern the official library, which the coordinator uses.
 * https://github.com/googleapis/conformance-tests/blob/main/storage/v1/retry_tests.json
 */
const scenarioSchema = z.object({
  id: z.number(),
  description: z.string(),
  cases: z.array(z.object({ instructions: z.array(z.string()) })),
  methods: z.array(z.object({ name: z.string() })),
  preconditionProvided: z.boolean(),
  expectSuccess: z.boolean(),
});

function scenarios(): z.infer<typeof scenarioSchema>[] | undefined {
  const folder = goModuleFolder();
  if (folder === undefined) return undefined;
  const file = join(folder, "internal/test/conformance/retry_tests.json");
  if (!existsSync(file)) return undefined;
  const content: unknown = JSON.parse(readFileSync(file, "utf8"));
  // Newer versions of the file also have scenarios of appendable objects, which need another protocol.
  return z
    .object({ retryTests: z.array(scenarioSchema) })
    .parse(content)
    .retryTests.filter(({ description }) => !description.startsWith("appendable"));
}

/** After how many bytes an instruction strikes; 0 where it does at once. */
const bytesBefore = (instruction: string): number =>
  Number(/-after-(\d+)K$/.exec(instruction)?.[1] ?? 0) * 1024;

/** An instruction of storage-testbench as a fault of the sandbox's store. */
function actionOf(instruction: string, kind: "get" | "insert"): FaultRuleInput["action"] | number {
  const kibibytes = bytesBefore(instruction);
  if (instruction.startsWith("return-broken-stream"))
    return { kind: "truncate", afterBodyBytes: kibibytes === 0 ? 1000 : kibibytes, reset: true };
  if (instruction === "return-reset-connection") return { kind: "reset" };
  const status = Number(/^return-(\d+)/.exec(instruction)?.[1]);
  if (status === 400 || status === 401) return status;
  if (kibibytes > 0 && kind === "insert") return { kind: "reset", afterRequestBytes: kibibytes };
  return { kind: "status", status: status as 408 | 503 };
}

const all = scenarios();
const [getMethod, insertMethod] = ["storage.objects.get", "storage.objects.insert"];
/** Faults that strike late need a large file; for all others a small one does. */
const SIZES = { small: 300 * 1024, large: 9 * 2 ** 20 } as const;
let stores: Record<keyof typeof SIZES, TestStore>;

beforeAll(async () => {
  stores = { small: await createFilledStore(SIZES.small), large: await createFilledStore(SIZES.large) };
});
afterAll(async () => {
  await stores.small.close();
  await stores.large.close();
});

/** What 400 and 401 are to a signed URL: one whose form is broken, and one without its signature. */
function spoiled(url: string, status: number): string {
  return status === 400
    ? url.replace("X-Goog-Algorithm=GOOG4-HMAC-SHA256", "X-Goog-Algorithm=NONE")
    : url.replace(/\?.*/, "");
}

async function run(
  kind: "get" | "insert",
  instructions: readonly string[],
  precondition: boolean,
): Promise<boolean> {
  const late = Math.max(0, ...instructions.map(bytesBefore)) >= SIZES.small;
  const store = stores[late ? "large" : "small"];
  const { faults } = store.world;
  faults.clear();
  const actions = instructions.map((instruction) => actionOf(instruction, kind));
  const refusal = actions.find((action) => typeof action === "number");
  const object = kind === "get" ? "there" : randomUUID();
  const method = kind === "get" ? "GET" : "PUT";
  for (const [index, action] of actions.entries())
    if (typeof action !== "number") faults.put(String(index), { match: { method }, action, times: 1 });
  const signed = await store.sign(
    kind === "get" ? { do: "download", object } : { do: "upload", object, createOnly: precondition },
  );
  const sent = refusal === undefined ? signed : { ...signed, url: spoiled(signed.url, refusal) };
  const file = join(store.folder, randomUUID());
  try {
    if (kind === "get") await download(sent, file, { ...hasty, connections: 1 });
    else await upload(sent, store.source, hasty);
  } catch (error) {
    expect(error).toBeInstanceOf(TransferError);
    return false;
  }
  faults.clear();
  const bytes =
    kind === "get"
      ? await readFile(file)
      : (await store.world.client().bucket("media").file(object).download())[0];
  expect(bytes.equals(store.content)).toBe(true);
  return true;
}

describe("Google's retry scenarios", { timeout: 60_000 }, () => {
  if (all === undefined) {
    it("cannot run: retry_tests.json was not found", ({ skip }) => {
      skip();
    });
    return;
  }
  it("are all there", () => {
    expect(all).toHaveLength(8);
  });

  const ours = all.flatMap(({ id, description, cases, methods, preconditionProvided, expectSuccess }) =>
    (
      [
        ["get", getMethod],
        ["insert", insertMethod],
      ] as const
    )
      .filter(([, name]) => methods.some((method) => method.name === name))
      .flatMap(([kind]) =>
        cases.map(({ instructions }) => ({
          id,
          description,
          kind,
          instructions,
          preconditionProvided,
          expectSuccess,
        })),
      ),
  );

  it.each(ours)(
    "$id $description: $kind, $instructions",
    async ({ kind, instructions, preconditionProvided, expectSuccess }) => {
      expect(await run(kind, instructions, preconditionProvided)).toBe(expectSuccess);
    },
  );
});
