import { OAuth2Client } from "google-auth-library";

/** The verified e-mail address of a token's Google account, or undefined for an invalid token. */
export type ReviewGoogleToken = (token: string, audience: string) => Promise<string | undefined>;

/** https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload */
export const googleIssuers: readonly string[] = ["https://accounts.google.com", "accounts.google.com"];

/** Whether Google's keys could not be fetched, as opposed to an invalid token. */
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
