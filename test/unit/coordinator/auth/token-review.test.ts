import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { certificateAuthority } from "../../../../services/certificates/index.ts";
import { tokenReviews } from "../../../../services/coordinator/index.ts";

let server: Server;
let directory: string;
let place: { api: string; tokenFile: string; caFile: string };
let status: Record<string, unknown>;
let code: number;
let seen: { path: string | undefined; authorization: string | undefined; body: unknown }[];

beforeAll(async () => {
  const authority = await certificateAuthority("cluster");
  const { certificate, key } = await authority.issue({ commonName: "kubernetes", hosts: ["127.0.0.1"] });
  server = createServer({ cert: certificate, key }, (request, response) => {
    void text(request).then((body) => {
      seen.push({
        path: request.url,
        authorization: request.headers.authorization,
        body: JSON.parse(body) as unknown,
      });
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify({ kind: "TokenReview", status }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  directory = await mkdtemp(join(tmpdir(), "review-"));
  place = {
    api: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokenFile: join(directory, "token"),
    caFile: join(directory, "ca.crt"),
  };
  await writeFile(place.caFile, authority.certificate);
});
beforeEach(async () => {
  seen = [];
  code = 201;
  status = { authenticated: true, user: { username: "system:serviceaccount:a:b" }, audiences: ["us"] };
  await writeFile(place.tokenFile, "own-token\n");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

/** One review over a connection of its own. */
async function review(audience?: string, where = place) {
  const reviews = tokenReviews(where);
  try {
    return await reviews("theirs", audience);
  } finally {
    await reviews.close();
  }
}

describe("a token review", () => {
  it("names token and audience, in the coordinator's own name", async () => {
    await expect(review("us")).resolves.toEqual({ username: "system:serviceaccount:a:b" });
    expect(seen).toEqual([
      {
        path: "/apis/authentication.k8s.io/v1/tokenreviews",
        authorization: "Bearer own-token",
        body: {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenReview",
          spec: { token: "theirs", audiences: ["us"] },
        },
      },
    ]);
  });

  it.each<[string, Record<string, unknown> | undefined, object]>([
    [
      "with name and UID",
      { "authentication.kubernetes.io/pod-name": ["p"], "authentication.kubernetes.io/pod-uid": ["u-1"] },
      { pod: { name: "p", uid: "u-1" } },
    ],
    ["not by its name alone", { "authentication.kubernetes.io/pod-name": ["p"] }, {}],
    [
      "not where it is of two",
      { "authentication.kubernetes.io/pod-name": ["p"], "authentication.kubernetes.io/pod-uid": ["a", "b"] },
      {},
    ],
    [
      "not by what is no UID",
      { "authentication.kubernetes.io/pod-name": ["p"], "authentication.kubernetes.io/pod-uid": ["../x"] },
      {},
    ],
    ["not where the API server says nothing of it", undefined, {}],
  ])("tells the pod that a token is bound to, %s", async (_, extra, told) => {
    status = { ...status, user: { username: "system:serviceaccount:a:b", extra } };
    await expect(review("us")).resolves.toEqual({ username: "system:serviceaccount:a:b", ...told });
  });

  it("asks for the API server's own audience by naming none", async () => {
    await review();
    expect(seen[0]?.body).toMatchObject({ spec: { token: "theirs" } });
    expect(JSON.stringify(seen[0]?.body)).not.toContain("audiences");
  });

  it("reads its own token anew each time", async () => {
    await review("us");
    await writeFile(place.tokenFile, "rotated");
    await review("us");
    expect(seen.map(({ authorization }) => authorization)).toEqual(["Bearer own-token", "Bearer rotated"]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["not authenticated", { authenticated: false, error: "expired" }],
    ["of another audience", { authenticated: true, user: { username: "u" }, audiences: ["them"] }],
    ["of an authenticator without audiences", { authenticated: true, user: { username: "u" } }],
    ["of nobody", { authenticated: true, user: {}, audiences: ["us"] }],
  ])("finds a token no good that is %s", async (_, answered) => {
    status = answered;
    await expect(review("us")).resolves.toBeUndefined();
  });

  it("says which grant is missing", async () => {
    code = 403;
    await expect(review("us")).rejects.toThrow("needs create on tokenreviews");
  });

  it("says what is not mounted", async () => {
    await expect(review("us", { ...place, tokenFile: join(directory, "absent") })).rejects.toThrow(
      "service account is not mounted",
    );
  });

  it("does not talk to a server of another authority", async () => {
    const caFile = join(directory, "other.crt");
    await writeFile(caFile, (await certificateAuthority("other")).certificate);
    await expect(review("us", { ...place, caFile })).rejects.toThrow();
    expect(seen).toEqual([]);
  });
});
