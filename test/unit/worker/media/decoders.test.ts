import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decoderList, decoders } from "../../../../services/worker/media/decoders.ts";
import { inputOptions } from "../../../../services/worker/plan/ffmpeg-arguments.ts";

const page = readFileSync(new URL("../../../../docs/encoding.md", import.meta.url), "utf8");

describe("the decoders that inputs are opened with", () => {
  it("are named before every input, each once", () => {
    const names = decoderList.split(",");
    expect(new Set(names).size).toBe(names.length);
    expect(inputOptions.join(" ")).toContain(`-codec_whitelist ${decoderList}`);
  });

  it("are no hardware's", () => {
    expect(decoderList).not.toMatch(/_(?:cuvid|qsv|v4l2m2m|mediacodec|mmal|rkmpp|amf)\b/);
  });

  it.each(Object.entries(decoders))("are listed in docs/encoding.md: %s", (_, names) => {
    const documented = new Set([...page.matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
    expect(names.filter((name) => !documented.has(name))).toEqual([]);
  });
});
