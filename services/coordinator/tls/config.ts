import { isIP } from "node:net";
import { z } from "zod";

/** Where certificate and key are, and for whom one is issued. */
export interface TlsConfig {
  /** Holds `tls.crt` and `tls.key`, as a mounted Secret of type `kubernetes.io/tls` does. */
  readonly directory: string;
  /** Names and addresses in certificates that the coordinator issues for itself, with loopback ones besides. */
  readonly names: readonly string[];
}

export interface TransportConfig {
  /** Undefined serves plain HTTP at `port`. */
  readonly tls: TlsConfig | undefined;
  /** Beside HTTPS, for workers and clients of a release without it. */
  readonly plaintextPort: number | undefined;
}

const isName = (name: string): boolean =>
  isIP(name) !== 0 ||
  (name.length <= 253 && /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}$/.test(name));

const port = "a whole number from 1 to 65535";
const yesOrNo = "true or false";

export const tlsVariables = {
  MPEGFLOW_TLS_DIRECTORY: z
    .string()
    .startsWith("/", "the absolute path of a directory with tls.crt and tls.key")
    .optional(),
  MPEGFLOW_TLS_NAMES: z
    .string()
    .transform((text) => text.split(",").filter((name) => name !== ""))
    .refine((names) => names.every(isName), "host names and IP addresses, joined by commas")
    .default([]),
  MPEGFLOW_PLAINTEXT_PORT: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, port)
    .transform(Number)
    .optional(),
  MPEGFLOW_PLAINTEXT: z.enum(["true", "false"], yesOrNo).default("false"),
};

/** Whether an address is reached from this machine alone. */
export const isLoopback = (address: string): boolean =>
  address === "localhost" || address === "::1" || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);

type Given = Readonly<Record<string, string | undefined>>;

/** What is wrong with variables taken together. */
export function tlsProblems(given: Given): string[] {
  const { MPEGFLOW_TLS_DIRECTORY: directory, MPEGFLOW_PLAINTEXT_PORT: plain } = given;
  if (directory !== undefined)
    return plain !== undefined && plain === (given["MPEGFLOW_PORT"] ?? "8080")
      ? [`MPEGFLOW_PLAINTEXT_PORT is ${JSON.stringify(plain)}; it must be another port than MPEGFLOW_PORT`]
      : [];
  const unused = ["MPEGFLOW_TLS_NAMES", "MPEGFLOW_PLAINTEXT_PORT"]
    .filter((name) => given[name] !== undefined)
    .map((name) => `${name} is set; unset it, because MPEGFLOW_TLS_DIRECTORY is not set`);
  const isOpen = given["MPEGFLOW_PLAINTEXT"] !== "true" && !isLoopback(given["MPEGFLOW_HOST"] ?? "0.0.0.0");
  return [
    ...unused,
    ...(isOpen
      ? [
          "MPEGFLOW_TLS_DIRECTORY is not set; set it to the path of a directory with tls.crt and tls.key, because lease tokens and signed URLs would cross the network in clear. MPEGFLOW_PLAINTEXT=true permits that, where something else encrypts it",
        ]
      : []),
  ];
}

type Variables = { readonly [Name in keyof typeof tlsVariables]: z.infer<(typeof tlsVariables)[Name]> };

export const transportConfig = (
  data: Pick<Variables, "MPEGFLOW_TLS_NAMES"> & Partial<Variables>,
): TransportConfig => ({
  tls:
    data.MPEGFLOW_TLS_DIRECTORY === undefined
      ? undefined
      : { directory: data.MPEGFLOW_TLS_DIRECTORY, names: data.MPEGFLOW_TLS_NAMES },
  plaintextPort: data.MPEGFLOW_PLAINTEXT_PORT,
});
