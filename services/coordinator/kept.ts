import { createHash } from "node:crypto";

export interface KeptOptions<T> {
  /** How long an answer holds, in ms. */
  readonly lifetimeMs: (answer: T) => number;
  /** Answers kept at most; the oldest goes first. */
  readonly most: number;
  /** Ms of a clock that does not go back. */
  readonly now: () => number;
}

/**
 * Keeps what a question about a secret was answered with. The secret itself is not kept: its digest stands for it.
 * Those who ask the same at the same time wait for one answer; a failure is not remembered.
 */
export function kept<T>(options: KeptOptions<T>): (secret: string, ask: () => Promise<T>) => Promise<T> {
  const answers = new Map<string, { readonly answer: T; readonly until: number }>();
  const asking = new Map<string, Promise<T>>();
  return (secret, ask) => {
    const key = createHash("sha256").update(secret).digest("base64");
    const known = answers.get(key);
    if (known !== undefined && known.until > options.now()) return Promise.resolve(known.answer);
    answers.delete(key);
    const already = asking.get(key);
    if (already !== undefined) return already;
    const asked = ask()
      .then((answer) => {
        const lifetime = options.lifetimeMs(answer);
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
