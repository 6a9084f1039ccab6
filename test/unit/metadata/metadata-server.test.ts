import { GoogleAuth } from "google-auth-library";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FastifyInstance } from "fastify";
import { signedTokens } from "../../../sandbox/iam/index.ts";
import { metadataServer } from "../../../sandbox/metadata/server.ts";
import { stubLonelyHome } from "../lonely-home.ts";

const principal =
  "principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/mpegflow/sa/coordinator";
const tokens = signedTokens(Buffer.alloc(32, 3), () => new Date());
let server: FastifyInstance;

beforeEach(async () => {
  server = metadataServer({ principal, tokens, projectId: "p", projectNumber: "42" });
  const url = new URL(await server.listen({ host: "127.0.0.1", port: 0 }));
  vi.stubEnv("GCE_METADATA_HOST", url.host);
  vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
  stubLonelyHome();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

describe("the metadata server", () => {
  it("gives Google's own library a token of the pod's principal", async () => {
    const token = await new GoogleAuth({
      scopes: "https://www.googleapis.com/auth/cloud-platform",
    }).getAccessToken();
    expect(tokens.verify(token ?? "")).toBe(principal);
  });

  it("tells Google's own library the project", async () => {
    expect(await new GoogleAuth().getProjectId()).toBe("p");
  });

  it("gives nothing without the Metadata-Flavor header, as a forwarded browser request would lack it", async () => {
    const response = await server.inject("/computeMetadata/v1/instance/service-accounts/default/token");
    expect(response.statusCode).toBe(403);
    expect(response.body).not.toContain("ya29");
  });

  it("answers 404 for what it does not know", async () => {
    const response = await server.inject({
      url: "/computeMetadata/v1/instance/zone",
      headers: { "metadata-flavor": "Google" },
    });
    expect(response.statusCode).toBe(404);
  });
});
