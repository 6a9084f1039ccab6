import { createHash } from "node:crypto";

export interface AnswerCacheOptions<T> {
  /** Lifetime of a cached answer, in ms. */
  readonly lifetimeMs: (answer: T) => number;
  /**
   * Good and bad answers are cached separately, so that a flood of invalid secrets does not evict valid ones. @default
   * all are good
   */
  readonly isGood?: (answer: T) => boolean;
  /** Maximum number of good and of bad answers; the oldest is evicted first. */
  readonly most: number;
  /** Monotonic clock in ms. */
  readonly now: () => number;
}

/**
 * Caches answers to questions about secrets, keyed by the secret's digest. Concurrent callers share one question;
 * failures are not cached.
 *
 * @returns a function; its `ask` gets whether the secret was good before
 */
export function answerCache<T>(
  options: AnswerCacheOptions<T>,
): (secret: string, ask: (wasGood: boolean) => Promise<T>) => Promise<T> {
  type Kept = Map<string, { readonly answer: T; readonly until: number }>;
  const { isGood = () => true } = options;
  const good: Kept = new Map();
  const bad: Kept = new Map();
  const asking = new Map<string, Promise<T>>();
  return (secret, ask) => {
    const key = createHash("sha256").update(secret).digest("base64");
    const known = good.get(key) ?? bad.get(key);
    if (known !== undefined && known.until > options.now()) return Promise.resolve(known.answer);
    const already = asking.get(key);
    if (already !== undefined) return already;
    const asked = ask(good.has(key))
      .then((answer) => {
        const lifetime = options.lifetimeMs(answer);
        good.delete(key);
        bad.delete(key);
        const answers = isGood(answer) ? good : bad;
        if (lifetime > 0) answers.set(key, { answer, until: options.now() + lifetime });
        const [oldest] = answers.keys();
        if (answers.size > options.most && oldest !== undefined) answers.delete(oldest);
        return answer;
      })
      .finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  };
}
