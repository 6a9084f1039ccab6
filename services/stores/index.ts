/** Stores besides Cloud Storage that inputs can be read from. */
export {
  awsCredentials,
  AwsCredentialsError,
  type AwsCredentials,
  type AwsCredentialsSource,
  type WebIdentity,
} from "./aws-web-identity.ts";
export { serviceAccountIdToken, type IdToken } from "./google-id-token.ts";
export { s3Downloads, s3Endpoint, type SignDownload } from "./s3-reader.ts";
