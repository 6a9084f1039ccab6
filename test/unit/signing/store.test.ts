import { createHash, randomBytes } from "node:crypto";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "../../../services/signing/index.ts";
import { createTestStore } from "../transfer/store.ts";
import type { TestStore } from "../transfer/store.ts";

/** GOOG4-HMAC has no public vectors: the store verifies it with a reading of its own of Google's pages. */
let store: TestStore;
beforeAll(async () => {
  store = await createTestStore(1);
  await act({ do: "upload", object: "there", contentType: "video/mp4" }, "content");
});
afterAll(() => store.close());

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

async function act(operation: Operation, body?: string, more: Record<string, string> = {}): Promise<Answer> {
  const { method, url, headers } = await store.sign(operation);
  const answer = await request(url, { method, headers: { ...headers, ...more }, body: body ?? null });
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
}
const codeOf = ({ body }: Answer): string | undefined => /<Code>(\w+)<\/Code>/.exec(body)?.[1];

describe("an operation signed with GOOG4-HMAC-SHA256", () => {
  it("downloads under headers that were asked for", async () => {
    const response = { contentDisposition: 'attachment; filename="a b.mp4"', contentType: "text/plain" };
    const answer = await act({ do: "download", object: "there", response });
    expect([
      answer.status,
      answer.body,
      answer.headers["content-disposition"],
      answer.headers["content-type"],
    ]).toEqual([200, "content", response.contentDisposition, "text/plain"]);
  });

  it("downloads one generation", async () => {
    const { headers } = await act({ do: "head", object: "there" });
    const generation = String(headers["x-goog-generation"]);
    expect((await act({ do: "download", object: "there", version: generation })).body).toBe("content");
    expect((await act({ do: "download", object: "there", version: "17" })).status).toBe(404);
  });

  it("uploads what was promised and nothing else", async () => {
    const md5 = createHash("md5").update("hello").digest("base64");
    const upload: Operation = {
      do: "upload",
      object: "new",
      size: 5,
      contentType: "a/b",
      md5,
      createOnly: true,
    };
    expect(codeOf(await act({ ...upload, size: 6 }, "hello", { "content-length": "5" }))).toBe(
      "SignatureDoesNotMatch",
    );
    expect(codeOf(await act(upload, "jello"))).toBe("BadDigest");
    expect(codeOf(await act(upload, "hello", { "x-goog-meta-a": "b" }))).toBe("AccessDenied");
    expect((await act(upload, "hello")).status).toBe(200);
    expect((await act(upload, "hello")).status).toBe(412);
  });

  it("lists and deletes", async () => {
    await act({ do: "upload", object: "d/x" }, "x");
    expect((await act({ do: "list", prefix: "d/", maxKeys: 2 })).body).toContain("<Key>d/x</Key>");
    expect((await act({ do: "delete", object: "d/x" })).status).toBe(204);
  });

  it("starts a resumable upload, whose session needs no signature", async () => {
    const started = await act({ do: "start-resumable", object: "resumed", contentType: "a/b" });
    expect(started.status).toBe(201);
    const sent = await request(String(started.headers["location"]), { method: "PUT", body: "resumed" });
    expect(sent.statusCode).toBe(200);
  });

  it("does a whole multipart upload", async () => {
    const object = "parts";
    const started = await act({ do: "initiate-multipart", object, contentType: "a/b" });
    const uploadId = /<UploadId>([^<]+)</.exec(started.body)?.[1] ?? "";
    const part = await act({ do: "upload-part", object, uploadId, partNumber: 1, size: 3 }, "end");
    expect((await act({ do: "list-parts", object, uploadId })).body).toContain("<PartNumber>1</PartNumber>");
    const list = `<Part><PartNumber>1</PartNumber><ETag>${String(part.headers["etag"])}</ETag></Part>`;
    const body = `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`;
    expect((await act({ do: "complete-multipart", object, uploadId }, body)).status).toBe(200);
    expect((await act({ do: "download", object })).body).toBe("end");
    expect(codeOf(await act({ do: "abort-multipart", object, uploadId }))).toBe("NoSuchUpload");
  });

  it("carries a customer's key, to which the URL is bound", async () => {
    const encryptionKey = randomBytes(32);
    expect((await act({ do: "upload", object: "locked", encryptionKey }, "secret")).status).toBe(200);
    expect((await act({ do: "download", object: "locked", encryptionKey })).body).toBe("secret");
    expect((await act({ do: "download", object: "locked" })).status).toBe(400);
    const signed = await store.sign({ do: "download", object: "locked", encryptionKey });
    const other = { ...signed.headers, "x-goog-encryption-key": randomBytes(32).toString("base64") };
    const answer = await request(signed.url, { headers: other });
    await answer.body.dump();
    expect(answer.statusCode).toBe(403);
  });
});
