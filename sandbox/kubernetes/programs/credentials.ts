import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  certificateAuthority,
  type Authority,
  type Certified,
} from "../../../services/certificates/index.ts";

/** Keys and certificates of one control plane, all below one directory. */
export interface Credentials {
  /** Vouches for every server and client of the cluster. */
  readonly authority: Authority;
  readonly caFile: string;
  /** `CN=front-proxy-client`, by an authority of its own, as the API server shows itself to aggregated ones. */
  readonly frontProxy: CertifiedFiles & { readonly caFile: string };
  /** Signs and verifies service accounts' tokens. */
  readonly serviceAccounts: { readonly keyFile: string; readonly publicKeyFile: string };
  /** A server's certificate for loopback, that also does for a client's, in files. */
  server(name: string, hosts?: readonly string[]): Promise<CertifiedFiles>;
  /** A client's certificate in files. */
  client(name: string, user: string, groups?: readonly string[]): Promise<CertifiedFiles>;
  /** Text of a kubeconfig in JSON, which is YAML, with a client certificate for a user. */
  kubeconfig(user: string, groups?: readonly string[]): Promise<string>;
  /** A directory with `ca.crt`, and `tls.crt` and `tls.key` for a server of a name that is a client too. */
  directory(name: string, hosts: readonly string[]): Promise<string>;
  /** The same in a file; its path. */
  kubeconfigFile(name: string, user: string, groups?: readonly string[]): Promise<string>;
}

export interface CertifiedFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

const loopback = ["localhost", "127.0.0.1"];

/**
 * Opens a control plane's credentials, or makes them. The authorities and the key of service accounts' tokens last as long as the directory;
 * everything else is issued at each start.
 *
 * @param context name of cluster, user and context in kubeconfigs
 */
export async function openCredentials(directory: string, context: string, url: string): Promise<Credentials> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const write = (file: string, text: string): string => {
    const path = join(directory, file);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const files = (name: string, { certificate, key }: Certified): CertifiedFiles => ({
    certificateFile: write(`${name}.crt`, certificate),
    keyFile: write(`${name}.key`, key),
  });
  const openAuthority = async (name: string): Promise<Authority> => {
    const kept = existsSync(join(directory, `${name}.crt`))
      ? {
          certificate: readFileSync(join(directory, `${name}.crt`), "utf8"),
          key: readFileSync(join(directory, `${name}.key`), "utf8"),
        }
      : undefined;
    const authority = await certificateAuthority(`${context} ${name}`, kept);
    if (kept === undefined) files(name, authority);
    return authority;
  };

  const authority = await openAuthority("ca");
  const frontProxyAuthority = await openAuthority("front-proxy-ca");
  const kubeconfig: Credentials["kubeconfig"] = async (user, groups = []) => {
    const { certificate, key } = await authority.issue({ commonName: user, organizations: groups });
    return kubeconfigText(context, url, authority.certificate, { certificate, key });
  };
  return {
    authority,
    caFile: join(directory, "ca.crt"),
    frontProxy: {
      ...files("front-proxy-client", await frontProxyAuthority.issue({ commonName: "front-proxy-client" })),
      caFile: join(directory, "front-proxy-ca.crt"),
    },
    serviceAccounts: serviceAccountKey(join(directory, "service-accounts.key"), write),
    server: async (name, hosts = loopback) =>
      files(name, await authority.issue({ commonName: name, hosts, client: true })),
    client: async (name, user, groups = []) =>
      files(name, await authority.issue({ commonName: user, organizations: groups })),
    directory: async (name, hosts) => {
      const { certificate, key } = await authority.issue({
        commonName: name,
        hosts: [...loopback, ...hosts],
        client: true,
      });
      mkdirSync(join(directory, name), { recursive: true, mode: 0o700 });
      write(`${name}/ca.crt`, authority.certificate);
      write(`${name}/tls.crt`, certificate);
      write(`${name}/tls.key`, key);
      return join(directory, name);
    },
    kubeconfig,
    kubeconfigFile: async (name, user, groups) => write(`${name}.kubeconfig`, await kubeconfig(user, groups)),
  };
}

function serviceAccountKey(keyFile: string, write: (file: string, text: string) => string) {
  if (!existsSync(keyFile)) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    write("service-accounts.key", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  }
  const publicKey = createPublicKey(readFileSync(keyFile, "utf8")).export({ type: "spki", format: "pem" });
  return { keyFile, publicKeyFile: write("service-accounts.pub", publicKey.toString()) };
}

function kubeconfigText(name: string, url: string, ca: string, { certificate, key }: Certified): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: url, "certificate-authority-data": base64(ca) } }],
    users: [
      {
        name,
        user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
