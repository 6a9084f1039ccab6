import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { completionXml, readAnswer } from "../../../../services/coordinator/stores/xml.ts";
import { element } from "../../../../sandbox/gcs/xml/render.ts";

/** Any text that XML can hold: control characters have no form in it. */
const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((one) => !/\p{Cc}/u.test(one));

describe("a store's XML", () => {
  test("gives names and upload ids as they are, whatever is in them", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: text, id: text }), { minLength: 1 }), (uploads) => {
        const listed = uploads.map(
          ({ key, id }) => `<Upload>${element("Key", key)}${element("UploadId", id)}</Upload>`,
        );
        const answer = readAnswer(
          `<ListMultipartUploadsResult>${listed.join("")}</ListMultipartUploadsResult>`,
        );
        expect(answer.ListMultipartUploadsResult?.Upload).toEqual(
          uploads.map(({ key, id }) => ({ Key: key, UploadId: id })),
        );
      }),
    );
  });

  it("gives an upload id without its entities", () => {
    const started =
      "<InitiateMultipartUploadResult><UploadId>a&amp;b&#43;c</UploadId></InitiateMultipartUploadResult>";
    expect(readAnswer(started).InitiateMultipartUploadResult?.UploadId).toBe("a&b+c");
  });

  it("keeps an id of digits a text", () => {
    const started =
      "<InitiateMultipartUploadResult><UploadId>00123</UploadId></InitiateMultipartUploadResult>";
    expect(readAnswer(started).InitiateMultipartUploadResult?.UploadId).toBe("00123");
  });

  it.each(["", "no XML", "<html><body>Bad gateway</body>", "<Error>", "<Error/>", "{}"])(
    "%j says nothing",
    (body) => {
      expect(readAnswer(body).Error?.Code).toBeUndefined();
      expect(readAnswer(body).ListMultipartUploadsResult).toBeUndefined();
    },
  );
});

it("The list that completes an upload has its ETags escaped", () => {
  expect(completionXml([{ number: 1, etag: '"a<&"' }])).toBe(
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;a&lt;&amp;&quot;</ETag></Part></CompleteMultipartUpload>",
  );
});
