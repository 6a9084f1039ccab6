import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { s3Store } from "../../../../services/coordinator/index.ts";
import type { ObjectStore } from "../../../../services/coordinator/ports.ts";

/** What Amazon S3 documents and the servers of the other tests do not do: its answers as they are written down. */
interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
const answers: Answer[] = [];
const asked: URL[] = [];
const sent: { readonly method: string | undefined; readonly ifMatch: string | undefined }[] = [];
const server = createServer((request, response) => {
  asked.push(new URL(request.url ?? "/", "http://store"));
  sent.push({ method: request.method, ifMatch: request.headers["if-match"] });
  const { status, body = "", headers } = answers.shift() ?? { status: 500 };
  response.writeHead(status, { "content-type": "application/xml", ...headers }).end(body);
});
let objects: ObjectStore;
let r2: ObjectStore;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a listening TCP server has one
  const storeOf = (kind: "s3" | "r2") =>
    s3Store({
      kind,
      bucket: "films",
      region: "eu-west-1",
      endpoint: { url: `http://127.0.0.1:${port}`, style: "path" },
      credentials: () => Promise.resolve({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" }),
      ttlSeconds: 900,
      now: () => new Date(),
    }).objects;
  objects = storeOf("s3");
  r2 = storeOf("r2");
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  answers.length = 0;
  asked.length = 0;
  sent.length = 0;
});

const upload = (key: string, id: string): string =>
  `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`;
const error = (code: string): string => `<Error><Code>${code}</Code><Message>no</Message></Error>`;

describe("unfinished uploads of S3", () => {
  it("are asked for below the prefix, page after page", async () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
    answers.push(
      {
        status: 200,
        body: `<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>out/1/a&amp;b</NextKeyMarker><NextUploadIdMarker>two</NextUploadIdMarker>${upload("out/1/a&amp;b", "one")}${upload("out/1/a&amp;b", "two")}</ListMultipartUploadsResult>`,
      },
      {
        status: 200,
        body: `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${upload("out/1/c", "three")}</ListMultipartUploadsResult>`,
      },
    );
    expect(await objects.multipart.unfinished("out/1/")).toEqual([
      { object: "out/1/a&b", uploadId: "one" },
      { object: "out/1/a&b", uploadId: "two" },
      { object: "out/1/c", uploadId: "three" },
    ]);
    const said = asked.map(({ searchParams }) =>
      ["prefix", "key-marker", "upload-id-marker"].map((name) => searchParams.get(name)),
    );
    expect(said).toEqual([
      ["out/1/", null, null],
      ["out/1/", "out/1/a&b", "two"],
    ]);
  });
});

describe("the completion of an upload to S3", () => {
  const complete = () => objects.multipart.complete("film.mp4", "one", [{ number: 1, etag: "e" }]);

  it.each(["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "InvalidRequest"])(
    "is refused for good by %s",
    async (code) => {
      answers.push({ status: 400, body: error(code) });
      await expect(complete()).rejects.toMatchObject({
        status: 400,
        code: "parts-refused",
        message: `The store does not take the parts: ${code}.`,
      });
    },
  );

  it("is not refused for good while a credential is over", async () => {
    answers.push({ status: 400, body: error("ExpiredToken") });
    await expect(complete()).rejects.toMatchObject({ name: "ExpiredToken" });
  });

  it("may fail under a 200, and is then tried again", async () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
    answers.push(
      { status: 200, body: error("InternalError") },
      {
        status: 200,
        body: "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
      },
    );
    expect(await complete()).toBe(true);
    expect(asked).toHaveLength(2);
  });
});

describe("objects of S3 that a customer's key encrypts", () => {
  const list = `<ListBucketResult><Contents><Key>out/1/a.mp4</Key><Size>6</Size><ETag>"e"</ETag></Contents></ListBucketResult>`;

  it("are listed without the key, though HEAD is refused", async () => {
    answers.push({ status: 200, body: list }, { status: 400 });
    expect(await objects.list("out/1/")).toEqual([
      { name: "out/1/a.mp4", size: 6, generation: '"e"', contentType: "application/octet-stream" },
    ]);
  });

  it("are not listed with a key that is not theirs", async () => {
    answers.push({ status: 200, body: list }, { status: 403 });
    await expect(objects.list("out/1/", Buffer.alloc(32))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe("the removal of an object", () => {
  const looked: Answer = { status: 200, headers: { etag: '"e"', "content-length": "3" } };
  const object = { name: "out/a.mp4", generation: '"e"' };

  it("is of the version that was looked at, on S3 by the store itself", async () => {
    answers.push(looked, { status: 204 });
    expect(await objects.remove(object)).toBe(true);
    expect(sent).toEqual([
      { method: "HEAD", ifMatch: undefined },
      { method: "DELETE", ifMatch: '"e"' },
    ]);
  });

  it.each([412, 404])("leaves what has replaced it meanwhile, and says so: %i", async (status) => {
    answers.push(looked, { status, body: error("PreconditionFailed") });
    expect(await objects.remove(object)).toBe(false);
  });

  it("does not even ask for another one", async () => {
    answers.push({ status: 200, headers: { etag: '"other"' } });
    expect(await objects.remove(object)).toBe(false);
    expect(sent).toHaveLength(1);
  });

  it("has the look alone where the store knows no condition", async () => {
    answers.push(
      looked,
      { status: 204 },
      looked,
      { status: 501, body: error("NotImplemented") },
      { status: 204 },
    );
    expect(await r2.remove(object)).toBe(true);
    expect(await objects.remove(object)).toBe(true);
    expect(sent.filter(({ method }) => method === "DELETE").map(({ ifMatch }) => ifMatch)).toEqual([
      undefined,
      '"e"',
      undefined,
    ]);
  });

  it("is told from others' by the metadata of its attempt", async () => {
    const list = `<ListBucketResult><Contents><Key>out/a.mp4</Key><Size>3</Size><ETag>"e"</ETag></Contents></ListBucketResult>`;
    const headers = { ...looked.headers, "x-amz-meta-mpegflow-attempt": "job-1.1.0123456789abcdef01234567" };
    answers.push({ status: 200, body: list }, { status: 200, headers });
    expect(await objects.list("out/")).toMatchObject([{ writer: "job-1.1.0123456789abcdef01234567" }]);
  });
});
