import { OAuth2Client } from "google-auth-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcsMultipart } from "../../../../services/coordinator/stores/multipart-store.ts";
import type { MultipartStore } from "../../../../services/coordinator/index.ts";
import { ADMIN, createWorld, STRANGER, type World } from "../../gcs/world.ts";

let world: World;
const as = (principal: string): MultipartStore => {
  const auth = new OAuth2Client();
  auth.setCredentials({ access_token: world.token(principal), expiry_date: Date.now() + 3_600_000 });
  return gcsMultipart("media", world.url, auth);
};

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("media");
});
afterAll(() => world.close());

describe("uploads in parts that nobody has ended", () => {
  it("are found below their prefix, whatever is in their names, until they are aborted", async () => {
    const uploads = as(ADMIN);
    const object = "outputs/job-1/1/a & b <c>.mp4";
    await uploads.start(object, "video/mp4");
    await uploads.start("outputs/job-1/10/film.mp4", "video/mp4");
    const found = await uploads.unfinished("outputs/job-1/1/");
    expect(found.map((one) => one.object)).toEqual([object]);
    for (const { object: name, uploadId } of found) await uploads.abort(name, uploadId);
    expect(await uploads.unfinished("outputs/job-1/1/")).toEqual([]);
    expect(await uploads.unfinished("outputs/job-1/")).toHaveLength(1);
  });

  it("are not listed for whoever may not", async () => {
    await expect(as(`user:${STRANGER}`).unfinished("")).rejects.toThrow(
      "the store answers 403 AccessDenied to a list of unfinished uploads",
    );
  });
});
