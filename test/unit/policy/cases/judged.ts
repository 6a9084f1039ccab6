import { outputOf, UNKNOWN } from "../../../../testing/index.ts";
import { any, bucket, bucketGrant, deployment, hmacKey, projectGrant, service, type Case } from "./case.ts";

const POLICY = "everything-is-judged";
const later = (name: string) =>
  bucketGrant(name, { bucket: "media", role: "roles/storage.objectViewer", member: UNKNOWN.string });
const EMAIL = "svc@p.iam.gserviceaccount.com";

export const judged: readonly Case[] = [
  {
    policy: POLICY,
    title: "a custom role of another stack, for programs of two regions",
    resources: [
      bucket("media", {
        location: "US",
        rpo: undefined,
        labels: { "mpegflow-access-pattern": "single-writer" },
      }),
      ...["us-central1", "us-east1"].map((location) =>
        service(location, { location, template: { serviceAccount: EMAIL } }),
      ),
      projectGrant("writes", { role: "projects/p/roles/elsewhere", member: `serviceAccount:${EMAIL}` }),
    ],
    found: [
      "Not judged: two-region-writers-require-dual-region (media), because the custom role projects/p/roles/elsewhere is not in this stack.",
    ],
  },
  {
    policy: POLICY,
    title: "several resources of several policies, in one message",
    resources: [
      bucket("media"),
      deployment("encoder"),
      ...["a", "b", "c", "d", "e"].map(later),
      hmacKey("key", { serviceAccountEmail: UNKNOWN.string }),
    ],
    found: [
      "Not judged: hmac-keys-belong-to-signers (key), workers-hold-no-roles (a, b, c and 2 more), because what they read is known only after the first update, which judges it again.",
    ],
  },
  {
    policy: POLICY,
    title: "a stack of which everything is known",
    resources: [
      bucket("media"),
      deployment("encoder"),
      any("gcp:serviceaccount/account:Account")("signer", { accountId: "signer", email: UNKNOWN.string }),
      bucketGrant("reads", {
        bucket: "media",
        role: "roles/storage.objectViewer",
        member: outputOf("gcp:serviceaccount/account:Account::signer"),
      }),
      hmacKey("key", { serviceAccountEmail: outputOf("gcp:serviceaccount/account:Account::signer") }),
    ],
    found: [],
  },
];
