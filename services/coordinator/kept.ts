import { createHash } from "node:crypto";

export interface KeptOptions<T> {
  /** How long an answer holds, in ms. */
  readonly lifetimeMs: (answer: T) => number;
  /** Answers in favour and against have room of their own, so that no flood of bad secrets makes the good ones forgotten. @default all are good */
  readonly isGood?: (answer: T) => boolean;
  /** Answers kept at most, of the good and of the bad each; the oldest goes first. */
  readonly most: number;
  /** Ms of a clock that does not go back. */
  readonly now: () => number;
}

/**
 * Keeps what a question about a secret was answered with. The secret itself is not kept: its digest stands for it.
 * Those who ask the same at the same time wait for one answer; a failure is not remembered.
 *
 * @returns a function whose `ask` is told whether the secret was found to be good before
 */
export function kept<T>(
  options: KeptOptions<T>,
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
