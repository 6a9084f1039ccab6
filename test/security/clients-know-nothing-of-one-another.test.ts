/** Issue 15, number 3: a client names its own keys only, and no id tells it of another's job. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { accessRulesSchema, recordsIn } from "../../services/coordinator/index.ts";
import { scopedId } from "../../services/coordinator/access-scope.ts";
import { newRecord } from "../../services/coordinator/jobs/transitions.ts";
import { jobListSchema, jobRecordSchema, type JobRequest } from "../../services/protocol/index.ts";
import { serverFor } from "../unit/coordinator/server.ts";
import { bucket, createWorld, jobRequest, type World } from "../unit/coordinator/world.ts";
import { ADMIN, createWorld as createStore, type World as Store } from "../unit/gcs/world.ts";

const folder = (name: string): string => `gs://${bucket}/${name}/`;
const access = accessRulesSchema.parse([
  {
    subjects: ["ann"],
    inputs: [folder("in")],
    outputs: [folder("ann")],
    secrets: ["projects/p/secrets/ann"],
  },
  {
    subjects: ["bob", "bob-eu"],
    inputs: [folder("in")],
    outputs: [folder("bob")],
    secrets: ["projects/p/secrets/bob"],
  },
]);
const encryptionKeySecrets = ["projects/p/secrets/ann", "projects/p/secrets/bob"];

const requestOf = (who: string, id = "film-1", more: Partial<JobRequest> = {}): JobRequest =>
  jobRequest(id, { input: `gs://${bucket}/in/a.mov`, outputPrefix: `${folder(who)}1/`, ...more });

function studio(world: World = createWorld()) {
  const broker = world.replica({ encryptionKeySecrets });
  const authenticate = (_role: string, token: string | undefined) =>
    Promise.resolve({ subject: token ?? "nobody" });
  const app = serverFor(world, { access, authenticate }, broker);
  const call = (who: string, method: "GET" | "POST", url: string, payload?: object) =>
    app.inject({
      ...{ method, url, headers: { authorization: `Bearer ${who}` } },
      ...(payload !== undefined && { payload }),
    });
  return { world, broker, call };
}
type Call = ReturnType<typeof studio>["call"];
const submit = (call: Call, who: string, request = requestOf(who)) => call(who, "POST", "/v1/jobs", request);

describe("a secret with a customer's key", () => {
  const naming = (who: string, secret: string): JobRequest =>
    requestOf(who, "film-1", { outputKeySecret: `projects/p/secrets/${secret}/versions/latest` });

  it("may be named by the client whose rule lists it, and by no other", async () => {
    const { call } = studio();
    expect((await submit(call, "ann", naming("ann", "ann"))).statusCode).toBe(202);
    for (const key of ["inputKeySecret", "outputKeySecret"]) {
      const stolen = { ...requestOf("ann", "film-2"), [key]: "projects/p/secrets/bob/versions/1" };
      const answer = await submit(call, "ann", stolen);
      expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([
        403,
        "key-not-allowed",
      ]);
    }
  });

  it("may be named by nobody whose rule lists none", () => {
    const [rule] = accessRulesSchema.parse([
      { subjects: ["a"], inputs: [folder("in")], outputs: [folder("a")] },
    ]);
    expect(rule?.secrets).toEqual([]);
  });
});

describe("a client without a rule, while there are rules", () => {
  it.each([
    ["POST", "/v1/jobs"],
    ["GET", "/v1/jobs"],
    ["GET", "/v1/jobs/film-1"],
    ["POST", "/v1/jobs/film-1/cancel"],
  ] as const)("may not %s %s", async (method, url) => {
    const { call } = studio();
    await submit(call, "ann");
    const answer = await call("eve", method, url, method === "POST" ? requestOf("ann") : undefined);
    expect(answer.statusCode).toBe(403);
    expect(answer.json<{ error: { code: string } }>().error.code).toBe("not-allowed");
  });
});

describe("an id that another client has used", () => {
  it("is free, and each of the two has its own job", async () => {
    const { world, call } = studio();
    expect((await submit(call, "ann")).statusCode).toBe(202);
    expect((await submit(call, "bob")).statusCode).toBe(202);
    expect((await submit(call, "bob")).statusCode).toBe(200);
    for (const who of ["ann", "bob"]) {
      const record = jobRecordSchema.parse((await call(who, "GET", "/v1/jobs/film-1")).json());
      expect(record.request).toEqual(requestOf(who));
      expect(record.submittedId).toBeUndefined();
    }
    await call("bob", "POST", "/v1/jobs/film-1/cancel");
    expect(world.record(scopedId("ann", "film-1"))?.state).toBe("queued");
    expect(world.record(scopedId("bob", "film-1"))?.state).toBe("cancelled");
    // The two jobs' events are told apart, and each says its client's id.
    expect(world.events).toMatchObject([
      { id: `${scopedId("bob", "film-1")}/0/cancelled`, subject: "film-1", data: { jobId: "film-1" } },
    ]);
  });

  it.each([
    ["GET", "/v1/jobs/ID"],
    ["POST", "/v1/jobs/ID/cancel"],
  ] as const)("is answered as one that nobody has used: %s %s", async (method, url) => {
    const { world, broker, call } = studio();
    await submit(call, "ann");
    // One of before, and of the topic: without a client of its own.
    world.setRecord(newRecord(requestOf("ann", "film-2"), world.now()));
    const read = vi.spyOn(broker.records, "read");
    const asked = async (id: string) => {
      read.mockClear();
      const { statusCode, body } = await call("bob", method, url.replace("ID", id));
      return { statusCode, body: body.replaceAll(id, "ID"), reads: read.mock.calls.length };
    };
    const unknown = await asked("film-9");
    expect(unknown.statusCode).toBe(404);
    for (const id of ["film-1", "film-2", scopedId("ann", "film-1")])
      expect(await asked(id)).toEqual(unknown);
  });

  it("is not in a list, and neither is that there is more", async () => {
    const { call } = studio();
    for (let index = 0; index < 5; index += 1) await submit(call, "ann", requestOf("ann", `film-${index}`));
    expect((await call("bob", "GET", "/v1/jobs?pageSize=1")).json()).toEqual({ jobs: [] });
    await submit(call, "bob");
    const only = jobListSchema.parse((await call("bob", "GET", "/v1/jobs?pageSize=1")).json());
    expect(only.jobs.map(({ request }) => request)).toEqual([requestOf("bob")]);
    expect(only.nextPageToken).toBeUndefined();
  });
});

describe("the list of a client's own jobs", () => {
  it("goes page by page, by tokens that say nothing", async () => {
    const { call } = studio();
    const ids = ["film-1", "film-2", "film-3", "film-4", "film-5"];
    for (const id of ids) {
      await submit(call, "ann", requestOf("ann", id));
      await submit(call, "bob", requestOf("bob", id));
    }
    const found: string[] = [];
    let token: string | undefined;
    do {
      const query: string = token === undefined ? "" : `&pageToken=${token}`;
      const page = jobListSchema.parse((await call("ann", "GET", `/v1/jobs?pageSize=2${query}`)).json());
      found.push(...page.jobs.map(({ request }) => request.id));
      token = page.nextPageToken;
      for (const id of [
        ...ids,
        ...ids.map((one) => scopedId("ann", one)),
        ...ids.map((one) => scopedId("bob", one)),
      ])
        expect(Buffer.from(token ?? "", "base64url").toString("latin1")).not.toContain(id);
    } while (token !== undefined);
    expect(found.sort()).toEqual(ids);
    expect((await call("ann", "GET", "/v1/jobs?pageToken=AAAA")).statusCode).toBe(400);
  });
});

describe("jobs of former releases, of the topic and of colleagues", () => {
  it("are seen by whoever may write where they do, and are not made twice", async () => {
    const { world, call } = studio();
    world.setRecord(newRecord(requestOf("ann"), world.now()));
    expect((await call("ann", "GET", "/v1/jobs/film-1")).statusCode).toBe(200);
    expect((await submit(call, "ann")).statusCode).toBe(200);
    expect(world.recordIds()).toEqual(["film-1"]);
    const another = requestOf("ann", "film-1", { profile: "cmaf-h264" });
    expect((await submit(call, "ann", another)).statusCode).toBe(409);
  });

  it("are one client's, whichever of its subjects asks", async () => {
    const { world, call } = studio();
    await submit(call, "bob");
    expect((await submit(call, "bob-eu", requestOf("bob"))).statusCode).toBe(200);
    expect((await call("bob-eu", "POST", "/v1/jobs/film-1/cancel")).statusCode).toBe(200);
    expect(world.recordIds()).toHaveLength(1);
  });
});

describe("a record in the bucket", () => {
  let store: Store;
  beforeAll(async () => {
    store = await createStore();
    await store.client().createBucket("media");
  });
  afterAll(() => store.close());

  it("that a client may not see is told from none by nothing: its content is not read", async () => {
    const media = store.client(ADMIN).bucket("media");
    const records = recordsIn(media, ".mpegflow/jobs/");
    await records.write(newRecord(requestOf("ann"), new Date()), "0");
    const content = vi.spyOn(media.storage.authClient, "fetch");
    const admits = (prefix: string): boolean => prefix.startsWith(folder("bob"));
    expect(await records.read("film-1", undefined, admits)).toBeUndefined();
    expect(content).not.toHaveBeenCalled();
    expect(await records.read("film-1", undefined, () => true)).toBeDefined();
    expect(content).toHaveBeenCalledOnce();
  });

  it("is listed from a name on, with where its job writes", async () => {
    const records = recordsIn(store.client(ADMIN).bucket("media"), ".mpegflow/jobs/");
    for (const id of ["film-2", "film-3"])
      await records.write(newRecord(requestOf("bob", id), new Date()), "0");
    const { entries } = await records.listAfter(10, "film-2");
    const stored = await records.read("film-3");
    const bytes = JSON.stringify(stored?.record).length;
    expect(entries).toEqual([
      { jobId: "film-3", state: "queued", outputPrefix: `${folder("bob")}1/`, bytes },
    ]);
  });
});
