import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld, type Answer, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const call: World["json"] = (...request) => world.json(...request);

let count = 0;
const create = (fields: object): Promise<Answer> =>
  call("POST", "/b?project=test-project", { name: `bucket-${++count}`, ...fields });

describe("placement", () => {
  test.each([
    [{}, "US", "multi-region"],
    [{ location: "nam4" }, "NAM4", "dual-region"],
    [{ location: "EU" }, "EU", "multi-region"],
    [{ location: "europe-west4" }, "EUROPE-WEST4", "region"],
    [
      { location: "EU", customPlacementConfig: { dataLocations: ["EUROPE-WEST1", "europe-north1"] } },
      "EU",
      "dual-region",
    ],
  ])("%j is at %s, a %s", async (fields, location, locationType) => {
    expect((await create(fields)).body).toMatchObject({ location, locationType });
  });

  test.each([
    [{ location: "MARS" }],
    [{ location: "us-central1-a" }],
    [{ location: "CA" }],
    [{ location: "US", customPlacementConfig: { dataLocations: ["US-CENTRAL1"] } }],
    [{ location: "US", customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-CENTRAL1"] } }],
    [{ location: "US", customPlacementConfig: { dataLocations: ["US-CENTRAL1", "EUROPE-WEST1"] } }],
    [{ location: "US", customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-EAST1"] } }],
    [{ location: "NAM4", customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-EAST1"] } }],
    [{ location: "US", rpo: "ASYNC_TURBO" }],
    [{ location: "us-central1", rpo: "ASYNC_TURBO" }],
    [{ location: "us-central1", rpo: "DEFAULT" }],
  ])("%j is refused", async (fields) => {
    expect((await create(fields)).status).toBe(400);
  });

  test("says rpo DEFAULT where data is replicated, and nothing in a region", async () => {
    expect((await create({ location: "NAM4" })).body).toHaveProperty("rpo", "DEFAULT");
    expect((await create({ location: "us-east4" })).body).not.toHaveProperty("rpo");
  });

  test("can switch turbo replication later, but never move", async () => {
    const { body } = await create({ location: "NAM4" });
    const path = `/b/${String(body["name"])}`;
    expect((await call("PATCH", path, { rpo: "ASYNC_TURBO" })).body).toMatchObject({
      rpo: "ASYNC_TURBO",
      metageneration: "2",
    });
    expect((await call("PATCH", path, { location: "US" })).status).toBe(400);
  });
});

describe("bucket settings", () => {
  const everything = {
    location: "NAM4",
    rpo: "ASYNC_TURBO",
    storageClass: "STANDARD",
    labels: { team: "video" },
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: "enforced" },
    lifecycle: { rule: [{ action: { type: "Delete" }, condition: { age: 7, matchesPrefix: ["tmp/"] } }] },
    softDeletePolicy: { retentionDurationSeconds: "0" },
    versioning: { enabled: true },
    retentionPolicy: { retentionPeriod: "60" },
    cors: [{ origin: ["https://example.com"], method: ["GET"], responseHeader: ["etag"], maxAgeSeconds: 60 }],
    encryption: { defaultKmsKeyName: "projects/p/locations/nam4/keyRings/r/cryptoKeys/k" },
    autoclass: { enabled: false },
  };

  test("are kept and returned, with what Google adds", async () => {
    const { status, body } = await create(everything);
    expect(status).toBe(200);
    expect(body).toMatchObject(everything);
    expect(body).toMatchObject({
      iamConfiguration: {
        bucketPolicyOnly: { enabled: true },
        uniformBucketLevelAccess: { lockedTime: expect.any(String) as unknown },
      },
      retentionPolicy: { effectiveTime: expect.any(String) as unknown },
      softDeletePolicy: { effectiveTime: expect.any(String) as unknown },
    });
    const again = await call("GET", `/b/${String(body["name"])}`);
    expect(again.body).toEqual(body);
  });

  test("are patched by merging, null removes, and a full update drops the rest", async () => {
    const path = `/b/${String((await create(everything)).body["name"])}`;
    const patched = await call("PATCH", path, { labels: { team: null, cost: "low" }, cors: null });
    expect(patched.body["labels"]).toEqual({ cost: "low" });
    expect(patched.body).not.toHaveProperty("cors");
    expect(patched.body).toHaveProperty("lifecycle");
    const updated = await call("PUT", path, { labels: { only: "this" }, rpo: "DEFAULT" });
    expect(updated.body).toMatchObject({ location: "NAM4", rpo: "DEFAULT", labels: { only: "this" } });
    expect(updated.body).not.toHaveProperty("lifecycle");
  });

  test("take a read resource back unchanged", async () => {
    const { body } = await create(everything);
    const updated = await call("PUT", `/b/${String(body["name"])}`, body);
    expect({ ...updated.body, etag: "", updated: "", metageneration: "" }).toEqual({
      ...body,
      etag: "",
      updated: "",
      metageneration: "",
    });
  });

  test.each([
    { colour: "red" },
    { storageClass: "FROZEN" },
    { lifecycle: { rule: [{ action: { type: "Explode" }, condition: {} }] } },
    { softDeletePolicy: { retentionDurationSeconds: "60" } },
    { iamConfiguration: { publicAccessPrevention: "sometimes" } },
  ])("%j are refused", async (fields) => {
    expect((await create(fields)).status).toBe(400);
  });

  test.each([{ hierarchicalNamespace: { enabled: true } }, { billing: { requesterPays: true } }])(
    "%j are said to be not modelled",
    async (fields) => {
      expect((await create(fields)).status).toBe(501);
    },
  );
});

describe("bucket names", () => {
  test.each([
    "ab",
    "Upper",
    "-a-b",
    "a_",
    "1.2.3.4",
    "goog-media",
    "my-google",
    "a..b",
    "x".repeat(64),
    "a/b",
  ])("%s is refused", async (name) => {
    expect((await call("POST", "/b?project=test-project", { name })).status).toBe(400);
  });

  test.each(["abc", "a-b_c.d", "0ab", `${"x".repeat(63)}.${"y".repeat(63)}`])(
    "%s is accepted",
    async (name) => {
      expect((await call("POST", "/b?project=test-project", { name })).status).toBe(200);
    },
  );

  test("that are paths of the API are taken already", async () => {
    expect((await call("POST", "/b?project=test-project", { name: "storage" })).status).toBe(409);
  });

  test("cannot be used twice: 409 conflict", async () => {
    await call("POST", "/b?project=test-project", { name: "twice" });
    const { status, body } = await call("POST", "/b?project=test-project", { name: "twice" });
    expect([status, body.error]).toEqual([
      409,
      {
        code: 409,
        message: "Your previous request to create the named bucket succeeded and you already own it.",
        errors: [
          {
            domain: "global",
            reason: "conflict",
            message: "Your previous request to create the named bucket succeeded and you already own it.",
          },
        ],
      },
    ]);
  });
});

describe("a bucket's end", () => {
  test("is refused while it holds objects, noncurrent ones too", async () => {
    const name = String((await create({ versioning: { enabled: true } })).body["name"]);
    const file = world.client().bucket(name).file("x");
    await file.save("x", { resumable: false });
    await file.delete();
    expect((await call("DELETE", `/b/${name}`)).body.error).toMatchObject({
      code: 409,
      errors: [{ reason: "conflict" }],
    });
    const [[old]] = await world.client().bucket(name).getFiles({ versions: true });
    await old?.delete();
    const generation = String(old?.metadata.generation);
    expect((await call("GET", `/b/${name}/o/x?generation=${generation}`)).status).toBe(404);
    expect((await call("DELETE", `/b/${name}`)).status).toBe(204);
    expect((await call("GET", `/b/${name}`)).body.error).toMatchObject({
      code: 404,
      errors: [{ reason: "notFound" }],
    });
  });

  test("needs the metageneration asked for", async () => {
    const name = String((await create({})).body["name"]);
    expect((await call("DELETE", `/b/${name}?ifMetagenerationMatch=7`)).status).toBe(412);
    expect((await call("DELETE", `/b/${name}?ifMetagenerationMatch=1`)).status).toBe(204);
  });
});

describe("who may do what", () => {
  const member = "serviceAccount:encoder@test-project.iam.gserviceaccount.com";

  test("is read with the official client as it was granted", async () => {
    const name = String((await create({})).body["name"]);
    const resource = `//storage.googleapis.com/projects/_/buckets/${name}`;
    const bindings = [{ role: "roles/storage.objectUser", members: [member] }];
    world.policies.set(resource, { version: 1, etag: "CAE=", bindings });
    const [policy] = await world.client().bucket(name).iam.getPolicy();
    expect(policy).toEqual({
      kind: "storage#policy",
      resourceId: `projects/_/buckets/${name}`,
      version: 1,
      etag: "CAE=",
      bindings,
    });
  });

  test("is not shown to a stranger, nor for a bucket that is not there", async () => {
    const name = String((await create({})).body["name"]);
    expect((await call("GET", `/b/${name}/iam`, undefined, member)).status).toBe(403);
    expect((await call("GET", "/b/not-there/iam")).status).toBe(404);
  });

  test("cannot be set here", async () => {
    const name = String((await create({})).body["name"]);
    expect((await call("PUT", `/b/${name}/iam`, { bindings: [] })).status).toBe(501);
  });

  test("is tested for the caller alone", async () => {
    const name = String((await create({})).body["name"]);
    world.grants.add(`${member} storage.objects.get`);
    const asked = ["storage.objects.get", "storage.objects.delete"];
    const [mine] = await world.client(member).bucket(name).iam.testPermissions(asked);
    expect(mine).toEqual({ "storage.objects.get": true, "storage.objects.delete": false });
    expect((await call("GET", `/b/${name}/iam/testPermissions`)).status).toBe(400);
  });
});
