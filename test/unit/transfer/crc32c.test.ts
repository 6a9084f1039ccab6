import { CRC32C } from "@google-cloud/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32cOf } from "../../../services/transfer/crc32c.ts";
import { crc32c, encodeCrc32c } from "../../../services/transfer/index.ts";

describe("CRC32C", () => {
  // https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
  it.each([
    ["32 bytes of zero", Buffer.alloc(32), 0x8a9136aa],
    ["32 bytes of ones", Buffer.alloc(32, 0xff), 0x62a8ab43],
    ["32 rising bytes", Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    ["32 falling bytes", Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
    ["the digits 1 to 9", Buffer.from("123456789"), 0xe3069283],
    ["nothing", Buffer.of(), 0],
  ])("of %s is the published one", (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it("is the one of Google's client library, in one go and in pieces", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (head, tail) => {
        const theirs = new CRC32C();
        theirs.update(Buffer.concat([head, tail]));
        expect(encodeCrc32c(crc32c(tail, crc32c(head)))).toBe(theirs.toString());
      }),
    );
  });

  it.each([
    ["crc32c=4waSgw==,md5=abc==", "4waSgw=="],
    ["md5=abc==, crc32c=4waSgw==", "4waSgw=="],
    [["crc32c=4waSgw==", "md5=abc=="], "4waSgw=="],
    ["md5=abc==", undefined],
    [undefined, undefined],
  ])("is read from x-goog-hash %j", (header, expected) => {
    expect(crc32cOf(header)).toBe(expected);
  });
});
