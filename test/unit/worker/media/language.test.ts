import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  knownLanguage,
  languageCode,
  languageName,
  languageTag,
} from "../../../../services/worker/media/language.ts";

describe("a language as inputs name it", () => {
  it.each([
    ["eng", "en", "English", "eng"],
    ["ger", "de", "German", "ger"],
    ["deu", "de", "German", "deu"],
    ["fr", "fr", "French", "fra"],
    ["fr-CA", "fr-CA", "Canadian French", "fra"],
    ["zh-Hant", "zh-Hant", "Traditional Chinese", "zho"],
    ["ENG", "en", "English", "eng"],
    ["fil", "fil", "Filipino", "fil"],
  ])("%s is told as %s, %s and %s", (language, tag, name, code) => {
    expect(knownLanguage(language)).toBe(tag);
    expect(languageName(tag)).toBe(name);
    expect(languageCode(language)).toBe(code);
  });

  it.each([[undefined], ["und"], ["mul"], ["zxx"], ["mis"], ["no language"], [""], ["e"], ["xx-YY-zzzz"]])(
    "%j names none",
    (language) => {
      expect(knownLanguage(language)).toBeUndefined();
    },
  );

  it("has a name and a code of three letters, whatever it is", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9]{1,9}$/);
    const text = fc.oneof(
      fc.string({ maxLength: 35 }),
      fc
        .tuple(fc.stringMatching(/^[a-z]{2,3}$/), fc.array(part, { maxLength: 3 }))
        .map((all) => all.flat().join("-")),
    );
    fc.assert(
      fc.property(text, (language) => {
        expect(languageName(languageTag(language))).not.toBe("");
        expect(languageCode(language)).toMatch(/^[a-z]{3}$/);
      }),
      { numRuns: 500 },
    );
  });
});
