import { describe, expect, it } from "vitest";
import {
  limiter,
  signBlobBy,
  SignBlobError,
  signBlobRetries,
  type CallSignBlob,
} from "../../../../services/coordinator/index.ts";
import { fakeTime } from "../fake-time.ts";

const email = "signer@p.iam.gserviceaccount.com";
const bytes = Buffer.from("to be signed");
const answered = { keyId: "1", signedBlob: Buffer.from("signature").toString("base64") };
const answering = (status: number, message = "because"): Error =>
  Object.assign(new Error(message), { status });

/** Signing by a service that answers as told, one answer after another, and well from then on. */
function service(answers: readonly unknown[], perSecond = 100) {
  const time = fakeTime();
  const calls: { at: number; payload: string }[] = [];
  const call: CallSignBlob = async (_email, payload) => {
    calls.push({ at: time.now(), payload });
    await time.sleep(10);
    const answer = answers[calls.length - 1] ?? answered;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const limit = limiter({ perSecond, atOnce: 32, ...time });
  const sign = signBlobBy({ call, limit, ...time, random: () => 0.5 });
  return { time, calls, sign: (data = bytes) => time.until(sign(email, data)), signLater: sign };
}
const always = (answer: unknown) => Array.from({ length: 100 }, () => answer);

describe("signBlob", () => {
  it("sends the bytes in base64 and gives the signature's bytes", async () => {
    const { sign, calls } = service([]);
    expect(Buffer.from(await sign()).toString()).toBe("signature");
    expect(calls.map(({ payload }) => payload)).toEqual([bytes.toString("base64")]);
  });

  it.each([429, 500, 502, 503, 504])("tries again after %d, waiting longer each time", async (status) => {
    const { sign, calls } = service([answering(status), answering(status), answering(status)]);
    await sign();
    // Half of 200, 400 and 800 ms of jitter, after 10 ms of an answer each.
    expect(calls.map(({ at }) => at)).toEqual([0, 110, 320, 730]);
  });

  it.each(["ECONNREFUSED", "ECONNRESET", "TimeoutError"])(
    "tries again after %s of the connection",
    async (code) => {
      const { sign, calls } = service([Object.assign(new Error("no answer"), { code })]);
      await sign();
      expect(calls).toHaveLength(2);
    },
  );

  it.each([
    [400, "400 because"],
    [401, "401 because"],
    [
      403,
      "403 because; grant the coordinator's principal a role with iam.serviceAccounts.signBlob on that account",
    ],
    [404, "404 because"],
  ])("does not try again after %d, and says why", async (status, why) => {
    const { sign, calls } = service([answering(status)]);
    await expect(sign()).rejects.toThrow(`signBlob for ${email} failed: ${why}`);
    expect(calls).toHaveLength(1);
  });

  it("gives up before a worker does, with the status for the server's answer", async () => {
    const { sign, calls, time } = service(always(answering(429, "Quota exceeded")));
    const error: unknown = await sign().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SignBlobError);
    expect(error).toMatchObject({
      code: 429,
      message: `signBlob for ${email} failed: 429 Quota exceeded (gave up after ${signBlobRetries.retries + 1} tries)`,
    });
    expect(calls).toHaveLength(signBlobRetries.retries + 1);
    expect(time.now()).toBeLessThan(signBlobRetries.totalMs);
  });

  it("takes no answer without a signature for one", async () => {
    const { sign } = service([{ keyId: "1" }]);
    await expect(sign()).rejects.toThrow("the answer holds no signature");
  });

  it("keeps the quota when a lease asks for a thousand: all signed, none faster than allowed", async () => {
    const { time, signLater, calls } = service([], 100);
    await time.until(Promise.all(Array.from({ length: 1000 }, () => signLater(email, bytes))));
    expect(calls).toHaveLength(1000);
    expect(time.now()).toBeGreaterThan(8900);
    expect(time.now()).toBeLessThan(signBlobRetries.totalMs);
  });

  it("counts repetitions into the quota too", async () => {
    const { time, signLater, calls } = service(always(answering(503)).slice(0, 20), 10);
    await time.until(Promise.all(Array.from({ length: 20 }, () => signLater(email, bytes))));
    for (const { at } of calls)
      expect(calls.filter((other) => other.at >= at && other.at < at + 1000).length).toBeLessThanOrEqual(10);
  });

  it("tells those whose turn would come too late to come again, instead of letting them wait", async () => {
    const { time, signLater, calls } = service([], 1);
    const results = await time.until(
      Promise.allSettled(Array.from({ length: 40 }, () => signLater(email, bytes))),
    );
    const refused = results.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
    expect(calls.length + refused.length).toBe(40);
    expect(calls.at(-1)?.at).toBeLessThanOrEqual(signBlobRetries.totalMs);
    expect(refused[0]).toMatchObject({ code: 429 });
    expect(refused[0]?.message).toContain("more is asked for than MPEGFLOW_SIGN_BLOB_PER_SECOND allows");
  });
});
