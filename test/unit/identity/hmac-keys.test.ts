import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hmacKeyProblems,
  HmacKeyState,
  MAX_HMAC_KEYS,
  planHmacKeys,
  retiringKeyProblems,
} from "../../../components/identity/hmac-keys.ts";

const { ACTIVE, INACTIVE } = HmacKeyState;
const paths = (...args: Parameters<typeof planHmacKeys>) =>
  hmacKeyProblems(planHmacKeys(...args)).map(({ path }) => path);

describe("the plan of HMAC keys", () => {
  test("is one active key when nothing is declared", () => {
    expect(planHmacKeys()).toEqual({ keys: [{ name: "a", state: ACTIVE }], signing: "a" });
  });

  test("signs with the first active key unless told otherwise", () => {
    const keys = [{ name: "a", state: INACTIVE }, { name: "b" }, { name: "c" }];
    expect(planHmacKeys(keys).signing).toBe("b");
    expect(planHmacKeys(keys, "c").signing).toBe("c");
  });

  test("goes through a rotation with nothing to refuse on the way", () => {
    const rotation = [
      [[{ name: "a" }], "a"],
      [[{ name: "a" }, { name: "b" }], "a"],
      [[{ name: "a" }, { name: "b" }], "b"],
      [[{ name: "a", state: INACTIVE }, { name: "b" }], "b"],
      [[{ name: "b" }], "b"],
    ] as const;
    expect(rotation.map(([keys, active]) => paths(keys, active))).toEqual([[], [], [], [], []]);
  });

  test("refuses to sign with an inactive, an unknown or no key", () => {
    expect(paths([{ name: "a", state: INACTIVE }, { name: "b" }], "a")).toEqual(["activeKey"]);
    expect(paths([{ name: "a" }], "z")).toEqual(["activeKey"]);
    expect(paths([{ name: "a", state: INACTIVE }])).toEqual(["activeKey"]);
  });

  test("refuses repeated names, names that cannot be part of a resource's, and unknown states", () => {
    expect(paths([{ name: "a" }, { name: "a" }])).toEqual(["hmacKeys"]);
    expect(paths([{ name: "a" }, { name: "B_2" }])).toEqual(["hmacKeys[1].name"]);
    expect(paths([{ name: "a" }, { name: "b", state: "DELETED" as typeof ACTIVE }])).toEqual([
      "hmacKeys[1].state",
    ]);
  });

  test("refuses no key at all, and more than a service account can have", () => {
    expect(paths([])).toEqual(["hmacKeys"]);
    const many = Array.from({ length: MAX_HMAC_KEYS + 1 }, (_, index) => ({ name: `k${index}` }));
    expect(paths(many)).toEqual(["hmacKeys"]);
    expect(paths(many.slice(1))).toEqual([]);
  });

  test("lets keys that sign no more be none, or all INACTIVE, but neither too many nor misnamed", () => {
    const retiring = (...args: Parameters<typeof planHmacKeys>) =>
      retiringKeyProblems(planHmacKeys(...args)).map(({ path }) => path);
    expect(retiring([])).toEqual([]);
    expect(retiring([{ name: "a", state: INACTIVE }])).toEqual([]);
    expect(retiring([{ name: "A" }])).toEqual(["hmacKeys[0].name"]);
    expect(retiring(Array.from({ length: 11 }, (_, index) => ({ name: `k${index}` })))).toEqual(["hmacKeys"]);
  });

  test("when accepted, has the signing key among the declared active ones", () => {
    const key = fc.record({
      name: fc.constantFrom("a", "b", "c", "-", ""),
      state: fc.constantFrom(ACTIVE, INACTIVE),
    });
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 4 }),
        fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
        (keys, activeKey) => {
          const plan = planHmacKeys(keys, activeKey);
          if (hmacKeyProblems(plan).length > 0) return;
          expect(keys).toContainEqual({ name: plan.signing, state: ACTIVE });
          expect(plan.keys).toEqual(keys);
        },
      ),
    );
  });
});
