import { isIP } from "node:net";
import { coordinatorEnvironment, type CoordinatorVariable, type Values } from "../../environment/index.ts";
import type { Given as GivenOf } from "../../environment/read.ts";

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

/** Whether an address is reached from this machine alone. */
export const isLoopback = (address: string): boolean =>
  address === "localhost" || address === "::1" || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);

type Given = GivenOf<CoordinatorVariable>;

const {
  MPEGFLOW_TLS_NAMES: namesTable,
  MPEGFLOW_PORT: portTable,
  MPEGFLOW_HOST: hostTable,
} = coordinatorEnvironment;

/** An item may be nothing: Kubernetes puts the pod's addresses, which may be none, after the last comma. */
const namesIn = (items: readonly string[]): string[] => items.filter((name) => name !== "");

/** What is wrong with names, and with variables taken together. */
export function tlsProblems(given: Given): string[] {
  const { MPEGFLOW_TLS_NAMES: names = "" } = given;
  return [
    ...(namesIn(names.split(",")).every(isName)
      ? []
      : [`MPEGFLOW_TLS_NAMES is ${JSON.stringify(names)}; it must be ${namesTable.allowed}`]),
    ...transportProblems(given),
  ];
}

function transportProblems(given: Given): string[] {
  const { MPEGFLOW_TLS_DIRECTORY: directory, MPEGFLOW_PLAINTEXT_PORT: plain } = given;
  if (directory !== undefined)
    return plain !== undefined && Number(plain) === Number(given.MPEGFLOW_PORT ?? portTable.default)
      ? [`MPEGFLOW_PLAINTEXT_PORT is ${JSON.stringify(plain)}; it must be another port than MPEGFLOW_PORT`]
      : [];
  const unused = (["MPEGFLOW_TLS_NAMES", "MPEGFLOW_PLAINTEXT_PORT"] as const)
    .filter((name) => given[name] !== undefined)
    .map((name) => `${name} is set; unset it, because MPEGFLOW_TLS_DIRECTORY is not set`);
  const isOpen = given.MPEGFLOW_PLAINTEXT !== "true" && !isLoopback(given.MPEGFLOW_HOST ?? hostTable.default);
  return [
    ...unused,
    ...(isOpen
      ? [
          "MPEGFLOW_TLS_DIRECTORY is not set; set it to the path of a directory with tls.crt and tls.key, because lease tokens and signed URLs would cross the network in clear. MPEGFLOW_PLAINTEXT=true permits that, where something else encrypts it",
        ]
      : []),
  ];
}

export const transportConfig = (
  data: Pick<
    Values<typeof coordinatorEnvironment>,
    "MPEGFLOW_TLS_DIRECTORY" | "MPEGFLOW_TLS_NAMES" | "MPEGFLOW_PLAINTEXT_PORT"
  >,
): TransportConfig => ({
  tls:
    data.MPEGFLOW_TLS_DIRECTORY === undefined
      ? undefined
      : { directory: data.MPEGFLOW_TLS_DIRECTORY, names: namesIn(data.MPEGFLOW_TLS_NAMES) },
  plaintextPort: data.MPEGFLOW_PLAINTEXT_PORT,
});
