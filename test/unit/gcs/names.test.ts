import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { signUrl, type SigningKey } from "../../../services/signing/index.ts";
import { compareNames, listPage } from "../../../sandbox/gcs/names.ts";
import { ADMIN, createWorld, SIGNER, type World } from "./world.ts";

let world: World;
let keys: SigningKey[];

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("names");
  const [key, secret] = await world.client().createHmacKey(SIGNER);
  const accessId = key.metadata.accessId ?? "";
  keys = [
    { kind: "hmac", accessId, secret, scheme: "GOOG4" },
    { kind: "hmac", accessId, secret, scheme: "AWS4" },
  ];
});
afterAll(() => world.close());

const names = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          "a",
          "/",
          "//",
          " ",
          "%",
          "%2F",
          "+",
          "?",
          "#",
          "&",
          "=",
          "ü",
          "日本",
          "🎬",
          ".",
          "..",
          "\\",
          "'",
          '"',
          "*",
          "~",
          ":",
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((parts) => parts.join("")),
  )
  .filter(
    (name) =>
      ![".", ".."].includes(name) &&
      !/\p{Cc}/u.test(name) &&
      name.isWellFormed() &&
      Buffer.byteLength(name) <= 1024,
  );

describe("an object name", () => {
  test("of any characters goes through both APIs and every signature", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(names, fc.uint8Array({ maxLength: 2000 }), async (name, bytes) => {
        const endpoint = { url: world.url, style: "path" as const };
        const encoded = encodeURIComponent(name);
        const inserted = await world.fetch(`/upload/storage/v1/b/names/o?uploadType=media&name=${encoded}`, {
          as: ADMIN,
          method: "POST",
          body: bytes,
        });
        expect(await inserted.json()).toMatchObject({ name });
        // HTTP clients resolve such segments before they send, so the signer refuses them; the JSON API takes them.
        const signable = !/(?:^|\/)\.{1,2}(?:\/|$)/.test(name);
        for (const key of signable ? keys : []) {
          const base = { bucket: "names", object: name, ttlSeconds: 60, at: new Date(), endpoint };
          const get = await signUrl(key, { ...base, method: "GET" });
          expect(Buffer.from(await (await fetch(get.url)).arrayBuffer()).equals(bytes)).toBe(true);
          const put = await signUrl(key, { ...base, method: "PUT" });
          expect((await fetch(put.url, { method: "PUT", body: bytes })).status).toBe(200);
        }
        const read = await world.fetch(`/storage/v1/b/names/o/${encoded}?alt=media`, { as: ADMIN });
        expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).toBe(true);
        const listed = await world.fetch(`/storage/v1/b/names/o?prefix=${encoded}&maxResults=1`, {
          as: ADMIN,
        });
        expect(await listed.json()).toMatchObject({ items: [{ name }] });
      }),
      { numRuns: 60 },
    );
  });

  test("is refused when Google refuses it", async () => {
    const insert = async (name: string): Promise<number> => {
      const path = `/upload/storage/v1/b/names/o?uploadType=media&name=${encodeURIComponent(name)}`;
      return (await world.fetch(path, { as: ADMIN, method: "POST", body: "x" })).status;
    };
    for (const name of ["", ".", "..", "a\nb", "a\rb", "x".repeat(1025), ".well-known/acme-challenge/x"]) {
      expect([name, await insert(name)]).toEqual([name, 400]);
    }
    expect(await insert("x".repeat(1024))).toBe(200);
  });
});

describe("the order of names", () => {
  const edges = ["a", "~", "é", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"];
  const text = fc.array(fc.constantFrom(...edges), { maxLength: 4 }).map((parts) => parts.join(""));

  test("is that of their UTF-8 bytes", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareNames(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe("a list", () => {
  const name = fc
    .array(fc.constantFrom("a", "b", "/", "ü"), { minLength: 1, maxLength: 6 })
    .map((part) => part.join(""));

  test("of pages of any size shows what one page shows", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 40 }),
        fc.constantFrom("", "a", "a/", "b/a"),
        fc.constantFrom("", "/", "a/"),
        fc.integer({ min: 1, max: 7 }),
        (all, prefix, delimiter, max) => {
          const sorted = all.sort(compareNames);
          const query = { prefix, delimiter, startOffset: "", endOffset: "" };
          const whole = listPage(sorted, { ...query, after: "", max: 1000 });
          const found = { names: [] as string[], prefixes: [] as string[] };
          let after: string | undefined = "";
          while (after !== undefined) {
            const page = listPage(sorted, { ...query, after, max });
            found.names.push(...page.names);
            found.prefixes.push(...page.prefixes);
            after = page.next;
          }
          expect(found).toEqual({ names: whole.names, prefixes: whole.prefixes });
        },
      ),
    );
  });

  test("shows each name once, as itself or below one prefix", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 40 }), (all) => {
        const sorted = all.sort(compareNames);
        const query = { prefix: "", delimiter: "/", startOffset: "", endOffset: "", after: "", max: 1000 };
        const page = listPage(sorted, query);
        expect(page.names).toEqual(sorted.filter((one) => !one.includes("/")));
        const roots = sorted
          .filter((one) => one.includes("/"))
          .map((one) => one.slice(0, one.indexOf("/") + 1));
        expect(page.prefixes).toEqual([...new Set(roots)]);
      }),
    );
  });

  test("stops before endOffset and starts at startOffset", () => {
    const query = { prefix: "", delimiter: "", after: "", max: 10 };
    const page = listPage(["a", "b", "c", "d"], { ...query, startOffset: "b", endOffset: "d" });
    expect(page.names).toEqual(["b", "c"]);
  });
});
