import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { awsCredentials, s3Downloads, type WebIdentity } from "../../../services/stores/index.ts";

const roleArn = "arn:aws:iam::111122223333:role/s3-reader";
const token = "eyJhbGciOiJSUzI1NiJ9.claims.signature";
const start = Date.parse("2026-11-23T10:00:00Z");

/** STS as the AWS SDK knows it: a form goes in, XML comes out. */
let sts: Server;
let endpoint: string;
let asked: URLSearchParams[];
let refuse: { code: string; message: string } | undefined;
let clock: number;
beforeEach(async () => {
  asked = [];
  refuse = undefined;
  clock = start;
  sts = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      asked.push(new URLSearchParams(body));
      const answer = refuse
        ? `<ErrorResponse><Error><Type>Sender</Type><Code>${refuse.code}</Code><Message>${refuse.message}</Message></Error></ErrorResponse>`
        : `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>
            <AccessKeyId>ASIA${asked.length}</AccessKeyId><SecretAccessKey>secret${asked.length}</SecretAccessKey>
            <SessionToken>session/${asked.length}+=</SessionToken><Expiration>${new Date(clock + 3_600_000).toISOString()}</Expiration>
          </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
      response.writeHead(refuse ? 403 : 200, { "content-type": "text/xml" }).end(answer);
    });
  });
  await new Promise<void>((resolve) => sts.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
});
afterEach(async () => {
  sts.closeAllConnections();
  await new Promise((resolve) => sts.close(resolve));
});

const source = (changes: Partial<WebIdentity> = {}) =>
  awsCredentials({
    roleArn,
    region: "eu-central-1",
    sessionName: "mpegflow-coordinator",
    idToken: () => Promise.resolve(token),
    now: () => new Date(clock),
    endpoint,
    ...changes,
  });

describe("credentials by a Google token", () => {
  it("are asked for with the token and the role, and without a signature", async () => {
    expect(await source()(900)).toEqual({
      accessKeyId: "ASIA1",
      secretAccessKey: "secret1",
      sessionToken: "session/1+=",
      expiresAt: new Date(start + 3_600_000),
    });
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      Action: "AssumeRoleWithWebIdentity",
      RoleArn: roleArn,
      RoleSessionName: "mpegflow-coordinator",
      WebIdentityToken: token,
      DurationSeconds: "3600",
    });
  });

  it("are kept while they last as long as they are needed", async () => {
    const credentials = source();
    await credentials(900);
    clock += 2_600_000;
    expect((await credentials(900)).accessKeyId).toBe("ASIA1");
  });

  it("are renewed before they could end within the time they are needed", async () => {
    const credentials = source();
    await credentials(900);
    clock += 2_700_000;
    expect((await credentials(900)).accessKeyId).toBe("ASIA2");
  });

  it("are asked for once by all who need them at the same time", async () => {
    const credentials = source();
    await Promise.all(Array.from({ length: 20 }, () => credentials(900)));
    expect(asked).toHaveLength(1);
  });

  it("are asked for again after a failure", async () => {
    const credentials = source();
    refuse = { code: "AccessDenied", message: "Not authorized to perform sts:AssumeRoleWithWebIdentity" };
    await expect(credentials(900)).rejects.toMatchObject({
      code: "AccessDenied",
      message: `No credentials of ${roleArn}: Not authorized to perform sts:AssumeRoleWithWebIdentity`,
    });
    refuse = undefined;
    expect((await credentials(900)).accessKeyId).toMatch(/^ASIA/);
  });

  it("show no token in an error, though STS repeats it", async () => {
    refuse = { code: "InvalidIdentityToken", message: `Cannot verify ${token}` };
    await expect(source()(900)).rejects.toThrow(`No credentials of ${roleArn}: Cannot verify (token)`);
  });

  it("say so when Google gives no token, and ask AWS nothing", async () => {
    const idToken = () => Promise.reject(new Error("Permission 'iam.serviceAccounts.getOpenIdToken' denied"));
    await expect(source({ idToken })(900)).rejects.toMatchObject({ code: "NoIdentityToken" });
    expect(asked).toEqual([]);
  });

  it("are refused for longer than they ever last", async () => {
    await expect(source()(3600)).rejects.toMatchObject({ code: "TooLong" });
    expect(asked).toEqual([]);
  });
});

describe("a download from S3", () => {
  const downloads = (bucket: string) =>
    s3Downloads({
      bucket,
      region: "eu-central-1",
      credentials: source(),
      ttlSeconds: 900,
      now: () => new Date(clock),
    });

  it("is signed as the AWS SDK signs it, with the session's token", async () => {
    const { url } = await downloads("studio-archive")("masters/a b.mov");
    const client = new S3Client({
      region: "eu-central-1",
      credentials: { accessKeyId: "ASIA1", secretAccessKey: "secret1", sessionToken: "session/1+=" },
    });
    const command = new GetObjectCommand({ Bucket: "studio-archive", Key: "masters/a b.mov" });
    const judge = new URL(
      await getSignedUrl(client, command, { expiresIn: 900, signingDate: new Date(clock) }),
    );
    const ours = new URL(url);
    expect(ours.origin + ours.pathname).toBe(judge.origin + judge.pathname);
    for (const name of ["Credential", "Security-Token", "Expires", "Date"])
      expect(ours.searchParams.get(`X-Amz-${name}`)).toBe(judge.searchParams.get(`X-Amz-${name}`));
  });

  it("names a bucket with dots in the path, since S3's certificates do not cover it", async () => {
    const { url } = await downloads("archive.studio.example")("a.mov");
    expect(url).toMatch(/^https:\/\/s3\.eu-central-1\.amazonaws\.com\/archive\.studio\.example\/a\.mov\?/);
  });
});
