import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { z } from "zod";
import type { IdToken } from "./google-id-token.ts";

/** Temporary credentials of AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: Date;
}

/** @param leastSeconds for which the credentials must still be good */
export type AwsCredentialsSource = (leastSeconds: number) => Promise<AwsCredentials>;

/** No credentials were given. The message holds no token. */
export class AwsCredentialsError extends Error {
  override readonly name = "AwsCredentialsError";
  /** What STS calls it, such as `AccessDenied` or `InvalidIdentityToken`. */
  readonly code: string;
  constructor(roleArn: string, code: string, reason: string) {
    super(`No credentials of ${roleArn}: ${reason}`);
    this.code = code;
  }
}

export interface WebIdentity {
  /** Role that trusts the token's subject: `arn:aws:iam::ACCOUNT:role/NAME`. */
  readonly roleArn: string;
  /** Region whose STS is asked. */
  readonly region: string;
  /** Names the session in CloudTrail: 2 to 64 characters of A-Z a-z 0-9 + = , . @ _ -. */
  readonly sessionName: string;
  readonly idToken: IdToken;
  readonly now: () => Date;
  /** Seconds that credentials are asked for, 900 to 43200 and no more than the role allows. @default 3600 */
  readonly durationSeconds?: number;
  /** Instead of STS itself: `scheme://host[:port]`. */
  readonly endpoint?: string;
}

/** Seconds before expiry at which credentials are renewed, to allow for clock differences. */
const marginSeconds = 60;
/** Of each of the two calls that a renewal takes. */
const timeoutMs = 10_000;

const answered = z.object({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  SessionToken: z.string().min(1),
  Expiration: z.date(),
});

/**
 * Credentials for one role, by a Google token instead of an access key. They are cached until they expire too soon for
 * a caller. Concurrent callers share one renewal; failures are not cached.
 *
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function awsCredentials(identity: WebIdentity): AwsCredentialsSource {
  const { roleArn, region, endpoint, now } = identity;
  const durationSeconds = identity.durationSeconds ?? 3600;
  const sts = new STSClient({
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs },
    ...(endpoint !== undefined && { endpoint }),
  });
  let kept: AwsCredentials | undefined;
  let renewal: Promise<AwsCredentials> | undefined;

  const renew = async (): Promise<AwsCredentials> => {
    const token = await identity.idToken().catch((error: unknown) => {
      throw new AwsCredentialsError(roleArn, "NoIdentityToken", `Google gave no token: ${textOf(error)}`);
    });
    const answer = await sts
      .send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: roleArn,
          RoleSessionName: identity.sessionName,
          WebIdentityToken: token,
          DurationSeconds: durationSeconds,
        }),
      )
      .catch((error: unknown) => {
        const code = error instanceof Error ? error.name : "Unknown";
        throw new AwsCredentialsError(roleArn, code, textOf(error).replaceAll(token, "(token)"));
      });
    const given = answered.safeParse(answer.Credentials);
    if (!given.success) throw new AwsCredentialsError(roleArn, "NoCredentials", "STS answered without them");
    return {
      accessKeyId: given.data.AccessKeyId,
      secretAccessKey: given.data.SecretAccessKey,
      sessionToken: given.data.SessionToken,
      expiresAt: given.data.Expiration,
    };
  };

  return async (leastSeconds) => {
    if (leastSeconds + marginSeconds > durationSeconds) {
      throw new AwsCredentialsError(
        roleArn,
        "TooLong",
        `they last ${durationSeconds} seconds, too short for ${leastSeconds} seconds and ${marginSeconds} to spare`,
      );
    }
    const lasts = (credentials: AwsCredentials): boolean =>
      credentials.expiresAt.getTime() - now().getTime() >= (leastSeconds + marginSeconds) * 1000;
    if (kept !== undefined && lasts(kept)) return kept;
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    kept = await renewal;
    return kept;
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
