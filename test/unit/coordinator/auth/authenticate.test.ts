import { describe, expect, it } from "vitest";
import {
  authenticateBy,
  type KubernetesAuth,
  Problem,
  type Role,
} from "../../../../services/coordinator/index.ts";
import { createLog } from "../../../../services/logging/index.ts";
import { fakeTime } from "../fake-time.ts";

const worker = "system:serviceaccount:encoders:encoder";
const scaler = "system:serviceaccount:mpegflow:keda-poller";
const config: KubernetesAuth = {
  kind: "kubernetes",
  audience: "mpegflow-coordinator",
  workerSubjects: [worker],
  scalerSubjects: [scaler],
  clientSubjects: ["system:serviceaccount:apps:ingest"],
  clientEmails: ["ann@example.com"],
  api: "https://127.0.0.1",
  tokenFile: "",
  caFile: "",
};
const jwt = (claims: object, mark = "x"): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${mark}`;
const googles = jwt({ iss: "https://accounts.google.com" });

/** Knows which token is whose for which audience, as an API server would, and counts what it is asked. */
function scene(known: Record<string, { name: string; audience: string | undefined; pod?: null }>) {
  let time = Date.parse("2026-01-01T00:00:00Z");
  const asked: string[] = [];
  const logged: string[] = [];
  let isDown = false;
  const authenticate = authenticateBy(config, {
    reviewToken: async (token, audience) => {
      await Promise.resolve();
      asked.push(token);
      if (isDown) throw new Error("connect ECONNREFUSED");
      const found = known[token];
      if (found?.audience !== audience || found === undefined) return undefined;
      return {
        username: found.name,
        ...(found.pod === undefined && { pod: { name: "encoder-1", uid: "u-1" } }),
      };
    },
    reviewGoogleToken: (token) => Promise.resolve(token === googles ? "Ann@example.com" : undefined),
    now: () => new Date(time),
    sleep: () => new Promise(() => undefined),
    log: createLog("debug", {}, { write: (line) => void logged.push(line) }),
  });
  return {
    authenticate,
    asked,
    logged,
    advance: (seconds: number) => {
      time += seconds * 1000;
    },
    now: () => time / 1000,
    fail: (down: boolean) => {
      isDown = down;
    },
    /** Status that the call is answered with, or the subject. */
    outcome: async (role: Role, token?: string): Promise<number | string> => {
      try {
        return (await authenticate(role, token)).subject;
      } catch (error) {
        if (error instanceof Problem) return error.status;
        throw error;
      }
    },
  };
}

const own = config.audience;

describe("proving who calls", () => {
  it.each<[Role, string, string | undefined]>([
    ["worker", worker, own],
    ["client", "system:serviceaccount:apps:ingest", own],
    ["scaler", scaler, undefined],
  ])("lets a listed %s pass", async (role, name, audience) => {
    expect(await scene({ t: { name, audience } }).outcome(role, "t")).toBe(name);
  });

  it.each<[string, Role, string | undefined, number]>([
    ["no token", "worker", undefined, 401],
    ["a token that nobody knows", "worker", "unknown", 401],
    ["a worker's token for another audience", "worker", "for-api", 401],
    ["a subject that is not listed", "worker", "other", 403],
    ["a subject listed for another role", "client", "worker", 403],
    ["what is longer than any token", "worker", "x".repeat(9000), 401],
  ])("refuses %s", async (_, role, token, status) => {
    const { outcome } = scene({
      worker: { name: worker, audience: own },
      other: { name: "system:serviceaccount:encoders:default", audience: own },
      "for-api": { name: worker, audience: undefined },
    });
    expect(await outcome(role, token)).toBe(status);
  });

  it("tells a worker's pod, and takes no worker's token that is bound to none", async () => {
    const { outcome, authenticate } = scene({
      bound: { name: worker, audience: own },
      unbound: { name: worker, audience: own, pod: null },
    });
    expect(await authenticate("worker", "bound")).toEqual({
      subject: worker,
      pod: { name: "encoder-1", uid: "u-1" },
    });
    expect(await outcome("worker", "unbound")).toBe(403);
    // The second time it is remembered.
    expect(await authenticate("worker", "bound")).toMatchObject({ pod: { uid: "u-1" } });
    expect(await outcome("worker", "unbound")).toBe(403);
  });

  it("takes a Google account's token at the job API alone", async () => {
    const { outcome, asked } = scene({});
    expect(await outcome("client", googles)).toBe("ann@example.com");
    expect(asked).toEqual([]);
    expect(await outcome("worker", googles)).toBe(401);
  });

  it("does not believe what a token says of its issuer", async () => {
    expect(await scene({}).outcome("client", jwt({ iss: "https://accounts.google.com" }, "forged"))).toBe(
      401,
    );
  });

  it("keeps an answer for a minute, and a refusal for five seconds", async () => {
    const { outcome, asked, advance } = scene({ t: { name: worker, audience: own } });
    await outcome("worker", "t");
    advance(59);
    await outcome("worker", "t");
    expect(asked).toEqual(["t"]);
    advance(2);
    await outcome("worker", "t");
    expect(asked).toEqual(["t", "t"]);
    await outcome("worker", "bad");
    await outcome("worker", "bad");
    expect(asked).toEqual(["t", "t", "bad"]);
    advance(6);
    await outcome("worker", "bad");
    expect(asked.length).toBe(4);
  });

  it("keeps no answer beyond the token's own end", async () => {
    const world = scene({});
    const short = jwt({ exp: world.now() + 10 });
    const known = scene({ [short]: { name: worker, audience: own } });
    expect(await known.outcome("worker", short)).toBe(worker);
    known.advance(11);
    await known.outcome("worker", short);
    expect(known.asked.length).toBe(2);
  });

  it("asks once for those who come at the same time", async () => {
    const { outcome, asked } = scene({ t: { name: worker, audience: own } });
    await Promise.all(Array.from({ length: 20 }, () => outcome("worker", "t")));
    expect(asked).toEqual(["t"]);
  });

  it("answers 503 while nobody can tell, and remembers nothing of it", async () => {
    const { outcome, fail, logged } = scene({ "secret-token": { name: worker, audience: own } });
    fail(true);
    expect(await outcome("worker", "secret-token")).toBe(503);
    expect(logged.join("")).toContain("ECONNREFUSED");
    expect(logged.join("")).not.toContain("secret-token");
    fail(false);
    expect(await outcome("worker", "secret-token")).toBe(worker);
  });

  it("asks the API server no more than fifty times a second, whatever it is sent", async () => {
    const { outcome, asked } = scene({});
    const flood = Array.from({ length: 200 }, (_, n) => outcome("worker", `bad-${n}`));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked.length).toBeLessThanOrEqual(50);
    void Promise.allSettled(flood);
  });

  it("lets those who were let in before go first, however many strangers wait", async () => {
    const { outcome, asked, advance } = scene({ t: { name: worker, audience: own } });
    expect(await outcome("worker", "t")).toBe(worker);
    advance(61);
    const flood = Array.from({ length: 49 }, (_, n) => outcome("worker", `bad-${n}`));
    expect(await outcome("worker", "t")).toBe(worker);
    // Sixteen at once were under way before it came.
    expect(asked.indexOf("t", 1)).toBeLessThanOrEqual(17);
    await Promise.all(flood);
  });

  it("keeps what is good, whatever number of bad tokens comes", async () => {
    const { outcome, asked, advance } = scene({ t: { name: worker, audience: own } });
    await outcome("worker", "t");
    for (let second = 0; second < 50; second += 1) {
      advance(1);
      await Promise.all(Array.from({ length: 50 }, (_, n) => outcome("worker", `bad-${second}-${n}`)));
    }
    const before = asked.length;
    expect(await outcome("worker", "t")).toBe(worker);
    expect(asked.length).toBe(before);
  });

  it("lets no more tokens wait for a review than have their turn in time", async () => {
    const { outcome } = scene({});
    const flood = Array.from({ length: 400 }, (_, n) => outcome("worker", `bad-${n}`));
    const refused = (
      await Promise.all(flood.slice(-100).map((one) => Promise.race([one, nextTurn()])))
    ).filter((one) => one === 503);
    expect(refused.length).toBe(100);
  });

  it("has a newcomer's token reviewed in time, however many tokens come from a hundred other addresses", async () => {
    const time = fakeTime();
    const asked: string[] = [];
    const authenticate = authenticateBy(config, {
      reviewToken: async (token) => {
        asked.push(token);
        await time.sleep(20);
        return token === "t" ? { username: worker, pod: { name: "encoder-1", uid: "u-1" } } : undefined;
      },
      reviewGoogleToken: () => Promise.resolve(undefined),
      now: () => new Date(time.now()),
      sleep: time.sleep,
      log: createLog("silent", {}),
    });
    const flood = Array.from({ length: 4000 }, (_, n) =>
      authenticate("worker", `bad-${n}`, undefined, `10.0.0.${n % 100}`).catch(() => undefined),
    );
    const newcomer = authenticate("worker", "t", undefined, "10.1.0.1");
    expect(await time.until(newcomer)).toMatchObject({ subject: worker });
    expect(time.now()).toBeLessThan(3000);
    await time.until(Promise.all(flood));
  });

  it("asks nobody about an unknown token when that is not to be, and lets known ones in all the same", async () => {
    const { authenticate, asked, advance } = scene({ t: { name: worker, audience: own } });
    await authenticate("worker", "t");
    advance(61);
    const refuse = (): void => {
      throw new Problem(429, "too-many-requests", "no");
    };
    await expect(authenticate("worker", "bad", refuse)).rejects.toMatchObject({ status: 429 });
    expect(asked).toEqual(["t"]);
    expect(await authenticate("worker", "t", refuse)).toMatchObject({ subject: worker });
  });
});

const nextTurn = (): Promise<string> =>
  new Promise((resolve) =>
    setTimeout(() => {
      resolve("waits");
    }, 50),
  );
