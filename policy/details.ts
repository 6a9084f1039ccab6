import { ACCESS_PATTERN_LABEL } from "../components/placement/index.ts";

/** Details of policies, for the reference page; descriptions have one sentence, for terminals. */
export const DETAILS: Readonly<Record<string, readonly string[]>> = {
  "two-region-writers-require-dual-region": [
    "Who may write is read from permissions: those of predefined roles and of the stack's custom roles, wherever they are granted.",
    "Where programs run is read from whatever runs as an account.",
    "A multi-region bucket without a label is refused only where the stack's programs write from two regions to a bucket that is not in " +
      "the stack. A bucket for logs beside the media bucket that they write to is not refused.",
  ],
  "clusters-run-in-bucket-regions": [
    "The buckets that a cluster's programs use are those on which its pods or nodes are granted a role; without such a grant, the stack's " +
      `media buckets, which are the dual-regions and those labelled \`${ACCESS_PATTERN_LABEL}\`.`,
    "A bucket that nothing on the cluster is seen to use, such as one for logs or for another tool's state, may be anywhere.",
  ],
  "signed-urls-are-short-lived": [
    "How long Cloud CDN keeps a response (`signedUrlCacheMaxAgeSec`) is not judged: the CDN checks the signature of every request, and an " +
      "expired one gets nothing from its cache.",
  ],
};
