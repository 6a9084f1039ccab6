import { createHash } from "node:crypto";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signOperation, signPostPolicy, signUrl } from "../../../services/signing/index.ts";
import type { HmacKey, Operation, OperationContext } from "../../../services/signing/index.ts";
import { accessId, secret, startMinio, type Minio } from "./minio.ts";

const bucket = "media";
const key: HmacKey = { kind: "hmac", scheme: "AWS4", accessId, secret, region: "us-east-1" };
let minio: Minio;
let dispatcher: Agent;

const context = (change: Partial<OperationContext> = {}): OperationContext => ({
  store: "s3",
  bucket,
  endpoint: { url: minio.url, style: "path" },
  ttlSeconds: 60,
  at: new Date(),
  ...change,
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

async function act(
  operation: Operation,
  body?: string | Buffer,
  change: { context?: Partial<OperationContext>; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const signed = await signOperation(key, context(change.context), operation);
  const answer = await request(signed.url, {
    dispatcher,
    method: signed.method,
    headers: { ...signed.headers, ...change.headers },
    body: body ?? null,
  });
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
}

const codeOf = ({ body }: Answer): string | undefined => /<Code>(\w+)<\/Code>/.exec(body)?.[1];

describe("MinIO, an independent verifier of AWS4 URLs,", () => {
  beforeAll(async () => {
    minio = await startMinio();
    dispatcher = new Agent({
      connect: {
        lookup: (_host, _options, done) => {
          done(null, [{ address: "127.0.0.1", family: 4 }]);
        },
      },
    });
    const made = await signUrl(key, { ...context(), method: "PUT", query: undefined });
    expect((await request(made.url, { method: "PUT", dispatcher })).statusCode).toBe(200);
  });
  afterAll(async () => {
    await dispatcher.close();
    await minio.close();
  });

  it.each(["plain.mp4", "a b/ü+%2e?#&=;.mp4", "~-_.!*'()/🎬"])(
    "takes upload and download of %s",
    async (object) => {
      const put = await act({ do: "upload", object, size: 5, contentType: "video/mp4" }, "hello");
      const got = await act({ do: "download", object });
      expect([put.status, got.status, got.body, got.headers["content-type"]]).toEqual([
        200,
        200,
        "hello",
        "video/mp4",
      ]);
    },
  );

  it("takes a virtual-hosted address", async () => {
    await act({ do: "upload", object: "hosted" }, "hello");
    const endpoint = { url: `http://${minio.domain}:${minio.port}`, style: "virtual-hosted" } as const;
    const got = await act({ do: "download", object: "hosted" }, undefined, { context: { endpoint } });
    expect([got.status, got.body]).toEqual([200, "hello"]);
  });

  it("answers under the headers that a signed override asks for", async () => {
    await act({ do: "upload", object: "o" }, "hello");
    const response = { contentDisposition: 'attachment; filename="x y.mp4"', contentType: "text/plain" };
    const { headers } = await act({ do: "download", object: "o", response });
    expect([headers["content-disposition"], headers["content-type"]]).toEqual([
      response.contentDisposition,
      response.contentType,
    ]);
  });

  it("takes head, list and delete", async () => {
    await act({ do: "upload", object: "d/x" }, "hello");
    const head = await act({ do: "head", object: "d/x" });
    const list = await act({ do: "list", prefix: "d/", maxKeys: 5 });
    const gone = await act({ do: "delete", object: "d/x" });
    expect([head.status, head.headers["content-length"], list.status, gone.status]).toEqual([
      200,
      "5",
      200,
      204,
    ]);
    expect(list.body).toContain("<Key>d/x</Key>");
    expect((await act({ do: "head", object: "d/x" })).status).toBe(404);
  });

  it("creates once where creation alone is signed", async () => {
    const once: Operation = { do: "upload", object: "once", createOnly: true };
    expect([(await act(once, "1")).status, (await act(once, "2")).status]).toEqual([200, 412]);
  });

  it("refuses another size, another type, an unsigned x-amz- header and a wrong MD5", async () => {
    const md5 = createHash("md5").update("hello").digest("base64");
    const upload: Operation = { do: "upload", object: "pinned", contentType: "a/b", md5 };
    expect((await act(upload, "hello")).status).toBe(200);
    expect(codeOf(await act(upload, "jello"))).toBe("BadDigest");
    expect(codeOf(await act(upload, "hello", { headers: { "content-type": "a/c" } }))).toBe(
      "SignatureDoesNotMatch",
    );
    expect(codeOf(await act(upload, "hello", { headers: { "x-amz-meta-a": "b" } }))).toBe("AccessDenied");
  });

  it("refuses a URL whose time is over", async () => {
    const past = { at: new Date(Date.now() - 120_000), ttlSeconds: 60 };
    expect((await act({ do: "download", object: "o" }, undefined, { context: past })).status).toBe(403);
  });

  it("takes a whole multipart upload: start, parts, list of parts, completion", async () => {
    const object = "big";
    const started = await act({ do: "initiate-multipart", object, contentType: "video/mp4" });
    const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(started.body)?.[1] ?? "";
    const bodies = [Buffer.alloc(5 << 20, 1), Buffer.from("end")];
    const etags: string[] = [];
    for (const [index, body] of bodies.entries()) {
      const part = { do: "upload-part", object, uploadId, partNumber: index + 1, size: body.length } as const;
      const { status, headers } = await act(part, body);
      expect(status).toBe(200);
      etags.push(String(headers["etag"]));
    }
    const parts = await act({ do: "list-parts", object, uploadId });
    expect(parts.body.match(/<PartNumber>/g)).toHaveLength(2);
    const list = etags.map(
      (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
    expect((await act({ do: "complete-multipart", object, uploadId }, body)).status).toBe(200);
    expect((await act({ do: "head", object })).headers["content-length"]).toBe(String((5 << 20) + 3));
  });

  it("forgets an aborted multipart upload", async () => {
    const started = await act({ do: "initiate-multipart", object: "never" });
    const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(started.body)?.[1] ?? "";
    expect((await act({ do: "abort-multipart", object: "never", uploadId })).status).toBe(204);
    expect(codeOf(await act({ do: "list-parts", object: "never", uploadId }))).toBe("NoSuchUpload");
  });

  describe("and of POST policies,", () => {
    const send = async (size: number, name = "clip.mp4"): Promise<number> => {
      const { url, fields } = await signPostPolicy(key, {
        ...{ bucket, at: new Date(), ttlSeconds: 60, endpoint: { url: minio.url, style: "path" } },
        object: { under: "inbox/" },
        fields: { "content-type": "video/mp4", success_action_status: "201" },
        conditions: [{ contentLengthRange: [1, 10] }],
      });
      const form = new FormData();
      for (const [field, value] of Object.entries(fields)) form.append(field, value);
      form.append("file", new Blob([Buffer.alloc(size, 65)]), name);
      return (await fetch(url, { method: "POST", body: form })).status;
    };

    it("takes a form within its limits and refuses one beyond them", async () => {
      expect([await send(10), await send(11)]).toEqual([201, 400]);
      expect((await act({ do: "head", object: "inbox/clip.mp4" })).headers["content-length"]).toBe("10");
    });
  });
});
