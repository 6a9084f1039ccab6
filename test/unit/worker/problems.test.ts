import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failRequestSchema } from "../../../services/protocol/index.ts";
import { problems } from "../../../services/worker/problems.ts";
import type { Problem } from "../../../services/worker/problems.ts";

/** Every problem that tells something of the input's, or what a program said of it. */
const told: Readonly<Record<string, (text: string) => Problem>> = {
  inputNotMedia: (text) => problems.inputNotMedia(text),
  inputUnsupported: (text) => problems.inputUnsupported(text),
  encodeFailed: (text) => problems.encodeFailed(text),
  captionsFailed: (text) => problems.captionsFailed(text),
  overridesWrong: (text) => problems.overridesWrong([text, text]),
  profileUnknown: (text) => problems.profileUnknown(text, [text]),
  profileNotSupported: (text) => problems.profileNotSupported(text, [text]),
  streamBroken: (text) => problems.streamBroken(text),
  transferFailed: (text) => problems.transferFailed("upload", text),
  inputUnavailable: (text) => problems.inputUnavailable(`GET ${text}`),
  inputAccessDenied: (text) => problems.inputAccessDenied(text),
  workerFault: (text) => problems.workerFault(text),
};

describe("a problem", () => {
  it.each(Object.entries(told))(
    "is one that the coordinator takes, whatever text is in it: %s",
    (_, problemOf) => {
      const hostile = fc.oneof(
        fc.string({ unit: "binary", maxLength: 50 }),
        fc.string({ unit: "binary", minLength: 1, maxLength: 3 }).map((text) => text.repeat(3000)),
        fc.constantFrom("\ud83d".repeat(2500), "\n\r\0".repeat(900), "😀".repeat(1400)),
      );
      fc.assert(
        fc.property(hostile, (text) => {
          const { retryable, ...error } = problemOf(text);
          const body: unknown = JSON.parse(JSON.stringify({ error, retryable }));
          expect(failRequestSchema.safeParse(body).error).toBeUndefined();
          expect(error.message).not.toMatch(/\p{Cc}|\p{Cs}/u);
        }),
        { numRuns: 60 },
      );
    },
  );
});
