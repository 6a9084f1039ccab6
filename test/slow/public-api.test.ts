import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../engine/support.ts";
import { publicApi } from "./public-api.ts";

test("what the package offers is what was reviewed: a change goes by docs/upgrading.md", async () => {
  const api = publicApi(root, {
    "mpegflow-gcs": "components/index.ts",
    "mpegflow-gcs/aws": "components/migration/index.ts",
    "mpegflow-gcs/policy": "policy/policies.ts",
    "mpegflow-gcs/testing": "testing/index.ts",
  });
  await expect(api).toMatchFileSnapshot(join(root, "test/slow/golden/public-api.txt"));
});
