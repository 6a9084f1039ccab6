import type * as pulumi from "@pulumi/pulumi";
import { SignerKind } from "../identity/signer-kind.ts";
import { shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import type { CoordinatorVariables } from "./environment.ts";
import { LIMITS } from "./limits.ts";

/** How a coordinator signs, from the outputs of `BrokerIdentity`. */
export interface CoordinatorSignerArgs {
  /** SIGN_BLOB or HMAC, as the `BrokerIdentity` has it. @default "SIGN_BLOB" */
  readonly signer?: SignerKind;
  /** SIGN_BLOB: e-mail address of the account in whose name URLs are signed. */
  readonly signerEmail?: pulumi.Input<string>;
  /** SIGN_BLOB with separate signers: that of the account for reading. @default `signerEmail` */
  readonly readSignerEmail?: pulumi.Input<string>;
  /** HMAC: resource name of the secret version with the key: `projects/P/secrets/S/versions/latest`. */
  readonly signerSecretVersion?: pulumi.Input<string>;
  /** HMAC with separate signers: that with the key for reading. @default `signerSecretVersion` */
  readonly readSignerSecretVersion?: pulumi.Input<string>;
  /**
   * SIGN_BLOB: signatures that each replica asks for in a second, 1 to 1000. All replicas in all regions share the
   * project's 60,000 a minute (https://docs.cloud.google.com/iam/quotas). @default 100
   */
  readonly signBlobPerSecond?: number;
}

/** Arguments by the kind of signer that they belong to; the first is needed. */
const ARGUMENTS = {
  SIGN_BLOB: ["signerEmail", "readSignerEmail", "signBlobPerSecond"],
  HMAC: ["signerSecretVersion", "readSignerSecretVersion"],
} as const satisfies Record<SignerKind, readonly (keyof CoordinatorSignerArgs)[]>;

const kindOf = ({ signer }: CoordinatorSignerArgs): SignerKind => signer ?? SignerKind.SignBlob;

/** Problems of the signer's arguments: missing ones, and those of another kind of signer. */
export function coordinatorSignerProblems(args: CoordinatorSignerArgs): Problem[] {
  const kind = kindOf(args);
  if (!Object.hasOwn(ARGUMENTS, kind)) {
    return [
      {
        path: "signer",
        given: shown(kind),
        allowed: Object.keys(ARGUMENTS).map(shown).join(" or "),
        fix: "use the signer of the BrokerIdentity",
      },
    ];
  }
  const other = kind === SignerKind.Hmac ? SignerKind.SignBlob : SignerKind.Hmac;
  const [needed] = ARGUMENTS[kind];
  return [
    ...(args[needed] === undefined
      ? [
          {
            path: needed,
            given: "nothing",
            allowed: `the ${needed} of the BrokerIdentity`,
            because: `signer is ${kind}.`,
            fix: `pass it, or set signer: ${shown(other)}`,
          },
        ]
      : []),
    ...ARGUMENTS[other]
      .filter((path) => args[path] !== undefined)
      .map((path) => ({
        path,
        given: "a value",
        allowed: "nothing",
        because: `signer is ${kind}.`,
        fix: `leave it out, or set signer: ${shown(other)}`,
      })),
    ...wholeNumberProblems("signBlobPerSecond", perSecond(args), LIMITS.signBlobPerSecond),
  ];
}

/** Environment variables for the coordinator's signer. */
export function signerVariables(args: CoordinatorSignerArgs): CoordinatorVariables {
  return kindOf(args) === SignerKind.Hmac
    ? given({
        MPEGFLOW_SIGNER: "hmac",
        MPEGFLOW_SIGNER_SECRET: args.signerSecretVersion,
        MPEGFLOW_READ_SIGNER_SECRET: args.readSignerSecretVersion,
      })
    : given({
        MPEGFLOW_SIGNER: "signBlob",
        MPEGFLOW_SIGNER_EMAIL: args.signerEmail,
        MPEGFLOW_READ_SIGNER_EMAIL: args.readSignerEmail,
        MPEGFLOW_SIGN_BLOB_PER_SECOND: String(perSecond(args)),
      });
}

const perSecond = ({ signBlobPerSecond }: CoordinatorSignerArgs): number =>
  signBlobPerSecond ?? LIMITS.signBlobPerSecond.default;

function given(variables: {
  readonly [Name in keyof CoordinatorVariables]: pulumi.Input<string> | undefined;
}): CoordinatorVariables {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/**
 * What each replica may ask for, so that all of them together keep the project's quota, the one that a roll-out adds in
 * each region included.
 */
export function signBlobShare(regions: number, replicas: number): number {
  const { default: most, max: project } = LIMITS.signBlobPerSecond;
  return Math.max(1, Math.min(most, Math.floor(project / (regions * (replicas + 1)))));
}
