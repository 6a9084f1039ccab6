import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { certificateAuthority } from "../../certificates/index.ts";
import { messageOf } from "../problem.ts";
import type { TlsConfig } from "./config.ts";

/** What the HTTPS server shows. */
export interface Served {
  /** PEM, with those that vouch for it. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  readonly expiresAt: Date;
  /** Undefined for one that is served as it was found: whoever wrote it renews it. */
  readonly renewAt: Date | undefined;
}

/**
 * Hours that a certificate of the coordinator's own is valid, and hours after which the next one takes its place: a week,
 * so that a clock that is off or a process that sleeps does no harm, and a day, so that a key that got away is soon of no use.
 */
const validHours = 168;
const renewalHours = 24;
const hourMs = 3_600_000;
/** How often the files are looked at. The kubelet swaps a mounted Secret within a minute or two. */
const lookMs = 30_000;

/** For `kubectl port-forward`, and for programs beside the coordinator. */
const loopback = ["localhost", "127.0.0.1", "::1"];

interface Files {
  readonly certificate: string;
  readonly key: string;
}

async function readFiles({ directory }: TlsConfig): Promise<Files> {
  const read = async (name: string): Promise<string> => {
    try {
      return await readFile(join(directory, name), "utf8");
    } catch (error) {
      throw new Error(`${join(directory, name)} cannot be read: ${messageOf(error)}`, { cause: error });
    }
  };
  const [certificate, key] = await Promise.all([read("tls.crt"), read("tls.key")]);
  return { certificate, key };
}

/**
 * The certificate to serve. An authority's in the files issues one for the coordinator's names and this pod's addresses,
 * which nobody knows before the pod runs, and which KEDA asks each replica at. A server's own is served as it is.
 *
 * @throws Error that says what is wrong with the files, without the key
 */
export async function certificateFrom(
  { certificate, key }: Files,
  { directory, names }: TlsConfig,
  now: Date,
): Promise<Served> {
  const found = parsed(certificate, key, directory);
  if (found.validToDate <= now)
    throw new Error(`the certificate in ${directory} ended at ${found.validToDate.toISOString()}`);
  if (!found.ca) return { cert: certificate, key, expiresAt: found.validToDate, renewAt: undefined };
  if (names.length === 0)
    throw new Error(
      `the certificate in ${directory} is an authority's; set MPEGFLOW_TLS_NAMES to the names and addresses that the coordinator is reached by`,
    );
  const authority = await certificateAuthority("", { certificate, key });
  const issued = await authority.issue({
    commonName: names.find((name) => name.length <= 64) ?? "coordinator",
    hosts: [...new Set([...names, ...loopback])],
    validHours,
  });
  const expiresAt = new X509Certificate(issued.certificate).validToDate;
  return {
    cert: `${issued.certificate.trimEnd()}\n${certificate}`,
    key: issued.key,
    expiresAt,
    renewAt: new Date(
      Math.min(now.getTime() + renewalHours * hourMs, (now.getTime() + expiresAt.getTime()) / 2),
    ),
  };
}

function parsed(certificate: string, key: string, directory: string): X509Certificate {
  let found: X509Certificate;
  let matches: boolean;
  try {
    found = new X509Certificate(certificate);
    matches = found.checkPrivateKey(createPrivateKey(key));
  } catch {
    // What OpenSSL says may repeat what is in the files.
    throw new Error(`${directory} does not hold a certificate and its key in PEM, tls.crt and tls.key`);
  }
  if (!matches) throw new Error(`tls.key in ${directory} is not the key of the certificate in tls.crt`);
  return found;
}

export interface FollowedCertificate {
  readonly first: Served;
  /** Looks for other files, and whether it is time for another certificate, from now on. */
  readonly follow: (show: (served: Served) => void) => void;
  readonly stop: () => void;
}

/**
 * Reads the certificate, and reads it again whenever its files change or its time is over.
 *
 * @throws Error when there is none that can be served
 */
export async function openCertificate(
  config: TlsConfig,
  { now, log, everyMs = lookMs }: { now: () => Date; log: Logger; everyMs?: number },
): Promise<FollowedCertificate> {
  let files = await readFiles(config);
  let served = await certificateFrom(files, config, now());
  let timer: NodeJS.Timeout | undefined;
  const first = served;

  const look = async (show: (served: Served) => void): Promise<void> => {
    const found = await readFiles(config);
    const isChanged = found.certificate !== files.certificate || found.key !== files.key;
    const isDue = served.renewAt !== undefined && served.renewAt <= now();
    if (!isChanged && !isDue) return;
    served = await certificateFrom(found, config, now());
    files = found;
    show(served);
    log.info({ expiresAt: served.expiresAt.toISOString() }, "serving another certificate");
  };
  const lookAgain = async (show: (served: Served) => void): Promise<void> => {
    try {
      await look(show);
    } catch (error) {
      log.error(
        { reason: messageOf(error), expiresAt: served.expiresAt.toISOString() },
        "the certificate cannot be renewed; the one before is served until it ends",
      );
    }
  };
  return {
    first,
    follow: (show) => {
      let isLooking = false;
      timer = setInterval(() => {
        if (isLooking) return;
        isLooking = true;
        void lookAgain(show).finally(() => (isLooking = false));
      }, everyMs).unref();
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}
