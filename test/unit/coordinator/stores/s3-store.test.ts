import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { s3Store } from "../../../../services/coordinator/index.ts";
import type { ObjectStore } from "../../../../services/coordinator/ports.ts";

/** What Amazon S3 documents and the servers of the other tests do not do: its answers as they are written down. */
interface Answer {
  readonly status: number;
  readonly body?: string;
}
const answers: Answer[] = [];
const asked: URL[] = [];
const server = createServer((request, response) => {
  asked.push(new URL(request.url ?? "/", "http://store"));
  const { status, body = "" } = answers.shift() ?? { status: 500 };
  response.writeHead(status, { "content-type": "application/xml" }).end(body);
});
let objects: ObjectStore;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a listening TCP server has one
  ({ objects } = s3Store({
    kind: "s3",
    bucket: "films",
    region: "eu-west-1",
    endpoint: { url: `http://127.0.0.1:${port}`, style: "path" },
    credentials: () => Promise.resolve({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" }),
    ttlSeconds: 900,
    now: () => new Date(),
  }));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  answers.length = 0;
  asked.length = 0;
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
