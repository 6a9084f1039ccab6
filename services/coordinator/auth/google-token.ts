import { OAuth2Client } from "google-auth-library";

/** The verified e-mail address of the Google account that a token is of, or undefined when it is no good. */
export type ReviewGoogleToken = (token: string, audience: string) => Promise<string | undefined>;

/** https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload */
export const googleIssuers: readonly string[] = ["https://accounts.google.com", "accounts.google.com"];

/** What is told of a failure to reach Google's keys, in contrast to a token that is no good. */
const isTrouble = (error: unknown): boolean =>
  error instanceof Error && error.message.includes("Failed to retrieve verification certificates");

/**
 * Google's OpenID Connect tokens, of people (`gcloud auth print-identity-token`) and of service accounts, checked
 * against Google's public keys by Google's library.
 *
 * @param keysUrl where the keys are; Google's own, or a stand-in's, as JSON of key ids to PEM certificates
 */
export function googleTokens(keysUrl?: string): ReviewGoogleToken {
  const client = new OAuth2Client(
    keysUrl === undefined ? {} : { endpoints: { oauth2FederatedSignonPemCertsUrl: keysUrl } },
  );
  return async (idToken, audience) => {
    try {
      const ticket = await client.verifyIdToken({ idToken, audience });
      const payload = ticket.getPayload();
      return payload?.email_verified === true ? payload.email : undefined;
    } catch (error) {
      if (isTrouble(error)) throw new Error("Google's public keys cannot be read", { cause: error });
      return undefined;
    }
  };
}
