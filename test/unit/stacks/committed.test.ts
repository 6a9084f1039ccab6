import { describe, expect, test } from "vitest";
import { committedConfig } from "../../../stacks/committed.ts";

const read = (config: string) => committedConfig("p", "dev", `config:\n${config}`).values;

describe("a committed configuration", () => {
  test("is what the engine would hand over: texts as they are, everything else as JSON", () => {
    const text =
      '  p:text: NAM4\n  p:number: 30\n  p:quoted: "30"\n  p:flag: true\n  p:list: [{ to: NEARLINE, afterDays: 30 }]\n';
    expect(read(text)).toEqual({
      "p:text": "NAM4",
      "p:number": "30",
      "p:quoted": "30",
      "p:flag": "true",
      "p:list": '[{"to":"NEARLINE","afterDays":30}]',
    });
  });

  test("has no value that is encrypted", () => {
    expect(read("  p:token:\n    secure: v1:abc\n  p:name: x\n")).toEqual({ "p:name": "x" });
  });

  test("may set nothing", () => {
    expect(committedConfig("p", "dev", "encryptionsalt: v1:abc\n").values).toEqual({});
  });
});
