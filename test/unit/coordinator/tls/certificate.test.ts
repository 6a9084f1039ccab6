import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { certificateAuthority, type Certified, selfSigned } from "../../../../services/certificates/index.ts";
import {
  certificateFrom,
  openCertificate,
  type Served,
} from "../../../../services/coordinator/tls/certificate.ts";
import { createLog } from "../../../../services/logging/index.ts";

const directory = mkdtempSync(join(tmpdir(), "tls-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});
const names = ["coordinator.mpegflow.svc", "10.4.0.9"];
const config = { directory, names };
const authority = await certificateAuthority("authority");
const own = await authority.issue({ commonName: "coordinator", hosts: ["coordinator.example.com"] });
const filesOf = ({ certificate, key }: Certified) => ({ certificate, key });
const hourMs = 3_600_000;

describe("the certificate that is served", () => {
  it("is issued by the authority in the files, for the names and loopback, and vouched for by it", async () => {
    const now = new Date();
    const { cert, key, expiresAt, renewAt } = await certificateFrom(filesOf(authority), config, now);
    const [first = "", ...chain] = cert.split(/(?<=-----END CERTIFICATE-----\n)/);
    const leaf = new X509Certificate(first);
    expect(leaf.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    for (const name of names.slice(0, 1)) expect(leaf.checkHost(name)).toBe(name);
    for (const ip of ["10.4.0.9", "127.0.0.1", "::1"]) expect(leaf.checkIP(ip)).toBeDefined();
    expect(leaf.checkHost("coordinator.example.com")).toBeUndefined();
    expect(leaf.ca).toBe(false);
    expect(chain.join("")).toBe(authority.certificate);
    expect(key).not.toContain(authority.key);
    expect(expiresAt.getTime() - now.getTime()).toBeLessThanOrEqual(168 * hourMs);
    expect((renewAt?.getTime() ?? 0) - now.getTime()).toBe(24 * hourMs);
  });

  it("ends no later than the authority's, and is renewed in time", async () => {
    const brief = await selfSigned("brief", undefined, 10);
    const now = new Date();
    const { expiresAt, renewAt } = await certificateFrom(filesOf(brief), config, now);
    expect(expiresAt).toEqual(new X509Certificate(brief.certificate).validToDate);
    expect((renewAt?.getTime() ?? 0) - now.getTime()).toBeLessThan(6 * hourMs);
  });

  it("is the one in the files where that is a server's own", async () => {
    expect(await certificateFrom(filesOf(own), config, new Date())).toMatchObject({
      cert: own.certificate,
      key: own.key,
      renewAt: undefined,
    });
  });

  it("is issued with keys as cert-manager and others write them", async () => {
    for (const [type, pair] of [
      ["pkcs1", generateKeyPairSync("rsa", { modulusLength: 2048 })],
      ["pkcs8", generateKeyPairSync("rsa", { modulusLength: 2048 })],
      ["sec1", generateKeyPairSync("ec", { namedCurve: "P-384" })],
    ] as const) {
      const key = pair.privateKey.export({ type, format: "pem" }).toString();
      const { cert } = await certificateFrom(await selfSigned("company", key), config, new Date());
      expect(new X509Certificate(cert).verify(pair.publicKey)).toBe(true);
    }
  });

  it.each([
    ["another's key", { ...filesOf(own), key: authority.key }, "is not the key of the certificate"],
    ["no certificate", { certificate: "x", key: own.key }, "does not hold a certificate and its key"],
    ["no key", { certificate: own.certificate, key: "x" }, "does not hold a certificate and its key"],
  ])("is none with %s", async (_title, files, said) => {
    await expect(certificateFrom(files, config, new Date())).rejects.toThrow(said);
  });

  it("is none whose time is over, nor an authority's without names", async () => {
    const late = new Date(Date.now() + 11 * 365 * 24 * hourMs);
    await expect(certificateFrom(filesOf(own), config, late)).rejects.toThrow(/ended at \d{4}-/);
    await expect(certificateFrom(filesOf(authority), { directory, names: [] }, new Date())).rejects.toThrow(
      "set MPEGFLOW_TLS_NAMES",
    );
  });
});

describe("files that change", () => {
  const put = ({ certificate, key }: Certified): void => {
    writeFileSync(join(directory, "tls.crt"), certificate);
    writeFileSync(join(directory, "tls.key"), key);
  };

  it("bring another certificate without a restart, and wrong ones leave the one that is there", async () => {
    put(own);
    const shown: Served[] = [];
    const logged: string[] = [];
    const log = createLog("info", {}, { write: (line) => void logged.push(line) });
    const followed = await openCertificate(config, { now: () => new Date(), log, everyMs: 5 });
    expect(followed.first.cert).toBe(own.certificate);
    followed.follow((served) => shown.push(served));
    put({ ...own, key: authority.key });
    await expect.poll(() => logged.join("")).toContain("is not the key of the certificate");
    expect(shown).toEqual([]);
    put(authority);
    await expect.poll(() => shown.length).toBe(1);
    followed.stop();
    expect(shown[0]?.cert).toContain(authority.certificate);
    expect(logged.join("")).not.toContain("PRIVATE KEY");
    put(own);
    await sleep(30);
    expect(shown).toHaveLength(1);
  });

  it("are read again when the time of a certificate that was issued is over", async () => {
    put(authority);
    let now = new Date();
    const shown: Served[] = [];
    const log = createLog("silent", {});
    const followed = await openCertificate(config, { now: () => now, log, everyMs: 5 });
    followed.follow((served) => shown.push(served));
    await sleep(30);
    expect(shown).toEqual([]);
    now = new Date(now.getTime() + 25 * hourMs);
    await expect.poll(() => shown.length).toBe(1);
    followed.stop();
    expect(shown[0]?.key).not.toBe(followed.first.key);
  });

  it("are named when they are not there", async () => {
    const log = createLog("silent", {});
    const nowhere = { directory: "/nowhere", names };
    await expect(openCertificate(nowhere, { now: () => new Date(), log })).rejects.toThrow(
      "/nowhere/tls.crt cannot be read",
    );
  });
});
