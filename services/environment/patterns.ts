/** `projects/P/secrets/S/versions/V`. */
export const secretVersion = /^projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255}\/versions\/(?:latest|\d+)$/;
export const accountEmail = /^[a-z0-9][a-z0-9-]{0,62}@[a-z0-9.-]+\.gserviceaccount\.com$/;
export const bucketName = /[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]/;
export const region = /^[a-z0-9-]{1,63}$/;
export const regionText = "the region's name, such as us-central1";
export const namePrefix = /^(?:[A-Za-z0-9._-]+\/)+$/;
export const namePrefixText = "an object name prefix of A-Z a-z 0-9 . _ - and /, ending in /";
export const origin = /^https?:\/\/[^/\s?#]+$/;
export const originText = "scheme://host[:port] without a path";
/** https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
export const pubsubName = /^(?!goog)[A-Za-z][A-Za-z0-9._~%+-]{2,254}$/;
export const pubsubNameText =
  "a short name of Pub/Sub, not a path: 3 to 255 characters, starting with a letter, not with goog";
export const absolutePath = /^\//;
export const absolutePathText = "an absolute path";
/** The variable that both programs read in one way. */
export const logLevel = {
  type: "choice",
  values: ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
  default: "info",
  description: "The least severe lines that are logged.",
} as const;
