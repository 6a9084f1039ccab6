import { describe, expect, it } from "vitest";
import { presence } from "../../../../services/coordinator/index.ts";

describe("the time left to what runs", () => {
  const clock = { at: 0 };
  const heard = presence(30, () => new Date(clock.at));

  it("is that of the encode with the most left, less what has passed since it told", () => {
    heard.heard("short", 10);
    heard.heard("long", 100);
    heard.heard("silent");
    clock.at += 20_000;
    expect(heard.longestEtaSeconds()).toBe(80);
  });

  it("is none once nobody is heard of", () => {
    clock.at += 60_000;
    expect(heard.longestEtaSeconds()).toBe(0);
  });
});
