import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimNext } from "../../../services/coordinator/index.ts";
import { issueToken, leaseClaimsSchema } from "../../../services/coordinator/leases/lease-token.ts";
import { errorResponseSchema, leaseSchema } from "../../../services/protocol/index.ts";
import { serverFor } from "./server.ts";
import { bucket, createWorld, jobRequest, media, worker, worldWithJob } from "./world.ts";

const output = { name: "hls/a.m4s", contentType: "video/mp4", size: 1 };
const upload = "e30.x";
/** A good body for each route: what is fuzzed is one step away from it, or nowhere near. */
const routes: readonly (readonly [string, object])[] = [
  ["/v1/jobs", jobRequest("job-9")],
  ["/v1/jobs/job-1/cancel", {}],
  ["/v1/leases", { worker, waitSeconds: 0 }],
  ["/v1/leases/job-1/urls", { input: true, outputs: [output] }],
  ["/v1/leases/job-1/heartbeat", { percentDone: 5 }],
  ["/v1/leases/job-1/complete", { media, outputs: [{ name: "a.mp4", size: 3 }] }],
  ["/v1/leases/job-1/fail", { error: { code: "encode-failed", message: "no" }, retryable: true }],
  ["/v1/leases/job-1/release", {}],
  ["/v1/leases/job-1/multipart", output],
  ["/v1/leases/job-1/multipart/parts", { upload, parts: [{ number: 1, size: 1 }] }],
  [
    "/v1/leases/job-1/multipart/complete",
    { upload, parts: [{ number: 1, etag: "e" }], size: 1, crc32c: "AAAAAA==" },
  ],
  ["/v1/leases/job-1/multipart/abort", { upload }],
];

const nasty = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "../x",
    "a/../../b",
    "a//b",
    "/a",
    "a/",
    "%2e%2e/x",
    "a\0b",
    "hls/\u202e",
    "..",
    "\ud800",
    "__proto__",
  ),
  fc.constantFrom(-1, Number.POSITIVE_INFINITY, 2 ** 53, Number.NaN, "1", null, [], {}),
);
/** The good body with one of its members replaced, left out or added, at any depth that matters. */
const near = (good: object): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...Object.keys(good), "extra", "__proto__"), nasty, fc.boolean())
    .map(([name, value, deep]) => {
      const members = Object.entries(good) as [string, unknown][];
      const at = members.find(([key]) => key === name)?.[1];
      const replaced: unknown =
        deep && Array.isArray(at) && typeof at[0] === "object"
          ? [{ ...(at[0] as object), name: value }]
          : value;
      return Object.fromEntries([...members.filter(([key]) => key !== name), [name, replaced]]);
    });

describe("whatever is sent", () => {
  it("is answered below 500, in the API's own words, and nothing outside the attempt is signed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom(...routes)
          .chain(([url, good]) =>
            fc.tuple(
              fc.constant(url),
              fc.oneof(
                { weight: 3, arbitrary: near(good).map((body) => JSON.stringify(body)) },
                { weight: 1, arbitrary: fc.json() },
                { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
              ),
            ),
          ),
        async ([url, payload]) => {
          const world = worldWithJob();
          const app = serverFor(world);
          const leased = await app.inject({
            method: "POST",
            url: "/v1/leases",
            payload: { worker, waitSeconds: 0 },
          });
          const { token } = leaseSchema.parse(leased.json());
          const response = await app.inject({
            method: "POST",
            url,
            payload,
            headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
          });
          expect(response.statusCode).toBeLessThan(500);
          if (response.statusCode >= 400) errorResponseSchema.parse(response.json());
          for (const [, signed = ""] of response.body.matchAll(/"url":"([^"]+)"/g)) {
            const { pathname } = new URL(JSON.parse(`"${signed}"`) as string);
            expect([
              pathname.startsWith(`/${bucket}/${world.outputName("")}`),
              pathname === `/${bucket}/mezzanines/clip.mp4`,
            ]).toContain(true);
            expect(decodeURIComponent(pathname)).not.toMatch(/\/\.\.?(\/|$)|\/\//);
          }
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);

  it("is refused as a token unless the coordinator made it", async () => {
    const world = worldWithJob();
    const app = serverFor(world);
    const leased = await app.inject({
      method: "POST",
      url: "/v1/leases",
      payload: { worker, waitSeconds: 0 },
    });
    const { token } = leaseSchema.parse(leased.json());
    const [, payload = ""] = token.split(".");
    const claims = leaseClaimsSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
    const visible = fc.stringMatching(/^[\x21-\x7e]{1,300}$/);
    const forged = fc.oneof(
      visible,
      // One character of the real one changed.
      fc
        .tuple(fc.nat(token.length - 1), fc.constantFrom("A", "b", "-", ".", "="))
        .map(([at, mark]) =>
          token[at] === mark ? `${token}${mark}` : `${token.slice(0, at)}${mark}${token.slice(at + 1)}`,
        ),
      // The real claims, changed, under somebody else's key.
      fc
        .tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string())
        .map(([key, prefix]) => issueToken(key, { ...claims, outputs: `${prefix}/` })),
    );
    let senders = 0;
    await fc.assert(
      fc.asyncProperty(forged, async (bearer) => {
        senders += 1;
        const response = await app.inject({
          method: "POST",
          url: "/v1/leases/job-1/urls",
          payload: { input: true },
          headers: { authorization: `Bearer ${bearer}` },
          // An address of its own: many refusals of one are put off.
          remoteAddress: `10.0.${senders >> 8}.${senders & 255}`,
        });
        expect(response.statusCode).toBe(401);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it("on the jobs topic is placed, failed by name or left for people, and never stops the next job", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.json(),
          near(jobRequest("job-2")).map((body) => JSON.stringify(body)),
        ),
        async (text) => {
          const world = createWorld();
          world.putObject("mezzanines/clip.mp4");
          world.publishText(text);
          world.publish(jobRequest("job-1"));
          const broker = world.replica();
          const first = await claimNext(
            broker,
            world.backlog,
            { worker, waitSeconds: 0 },
            new AbortController().signal,
          );
          const second = await claimNext(
            broker,
            world.backlog,
            { worker, waitSeconds: 0 },
            new AbortController().signal,
          );
          expect([first?.jobId, second?.jobId]).toContain("job-1");
          expect(world.record("job-1")?.state).toBe("running");
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
