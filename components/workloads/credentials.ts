import type * as pulumi from "@pulumi/pulumi";
import { shown, sorted, type Problem } from "../validation/index.ts";

/** A variable whose value is in a Kubernetes Secret and not in the stack's state. */
export interface SecretVariable {
  /** Name of the variable, in A-Z, 0-9 and _. */
  readonly variable: string;
  /** Name of an existing Secret of the same namespace. */
  readonly secretName: pulumi.Input<string>;
  /** Key inside it. */
  readonly key: string;
}

/**
 * Application Default Credentials from a Kubernetes Secret. Best is the configuration of a workload identity pool,
 * which holds no secret: it trades a token of the pod's service account for Google's.
 *
 * Source: https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-kubernetes
 */
export interface GoogleCredentials {
  /** Name of an existing Secret of the same namespace. */
  readonly secretName: pulumi.Input<string>;
  /** Key inside it. @default "credentials.json" */
  readonly key?: string;
  /**
   * Audience of the token that the configuration trades, which is put at `/var/run/secrets/google/token`:
   * `https://iam.googleapis.com/projects/N/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`.
   * @default no token: the Secret has a key of its own
   */
  readonly tokenAudience?: pulumi.Input<string>;
}

const DIRECTORY = "/var/run/secrets/google";
const FILE = "credentials.json";

/** Volume, mount and variable that Google's client libraries find credentials by. */
export function googleCredentialsVolume({ secretName, key = FILE, tokenAudience }: GoogleCredentials) {
  const token = tokenAudience && {
    serviceAccountToken: { path: "token", audience: tokenAudience, expirationSeconds: 3600 },
  };
  return {
    volume: {
      name: "google-credentials",
      projected: {
        sources: [{ secret: { name: secretName, items: [{ key, path: FILE }] } }, ...(token ? [token] : [])],
      },
    },
    mount: { name: "google-credentials", mountPath: DIRECTORY, readOnly: true },
    variables: { GOOGLE_APPLICATION_CREDENTIALS: `${DIRECTORY}/${FILE}` },
  };
}

/** `env` entries of a container. */
export function secretEnvironment(variables: readonly SecretVariable[]) {
  return sorted(variables, ({ variable }) => variable).map(({ variable, secretName, key }) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: secretName, key } },
  }));
}

/** Problems of the user's own variables, which must not be ones that the component sets. */
export function variableProblems(
  args: {
    readonly secretVariables?: readonly SecretVariable[];
    readonly variables?: Readonly<Record<string, pulumi.Input<string>>>;
  },
  taken: readonly string[],
): Problem[] {
  const secret = (args.secretVariables ?? []).map(({ variable }, index) => ({
    path: `secretVariables[${index}].variable`,
    variable,
  }));
  const plain = Object.keys(args.variables ?? {}).map((variable) => ({
    path: `variables.${variable}`,
    variable,
  }));
  const all = [...secret, ...plain];
  return all.flatMap(({ path, variable }, index): Problem[] => {
    if (!/^[A-Z][A-Z0-9_]*$/.test(variable)) {
      return [
        {
          path,
          given: shown(variable),
          allowed: "A-Z, 0-9 and _, starting with a letter",
          fix: "write the variable's name",
        },
      ];
    }
    const repeated = all.findIndex((one) => one.variable === variable) !== index;
    if (!taken.includes(variable) && !repeated) return [];
    return [
      {
        path,
        given: shown(variable),
        allowed: "a variable that nothing else sets",
        fix: repeated ? "set it once" : "use the component's argument for it",
      },
    ];
  });
}
