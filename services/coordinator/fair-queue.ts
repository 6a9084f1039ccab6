/** What waits, of several senders. They take turns, so that who sends much waits for their own. */
export interface FairQueue<T> {
  readonly size: number;
  readonly push: (sender: string, item: T) => void;
  /** The next whose turn it is. */
  readonly peek: () => T | undefined;
  readonly shift: () => T | undefined;
  readonly countOf: (sender: string) => number;
  /** The newest of the sender who has most waiting. */
  readonly largest: () => { readonly count: number; readonly drop: () => T | undefined };
}

export function fairQueue<T>(): FairQueue<T> {
  /** In the order of their turns. None is empty. */
  const waiting = new Map<string, T[]>();
  let size = 0;
  const take = (sender: string, from: "first" | "last"): T | undefined => {
    const own = waiting.get(sender) ?? [];
    const item = from === "first" ? own.shift() : own.pop();
    size -= 1;
    if (own.length === 0) waiting.delete(sender);
    return item;
  };
  return {
    get size() {
      return size;
    },
    push(sender, item) {
      const own = waiting.get(sender);
      if (own === undefined) waiting.set(sender, [item]);
      else own.push(item);
      size += 1;
    },
    peek: () => waiting.values().next().value?.[0],
    shift() {
      const [sender] = waiting.keys();
      if (sender === undefined) return undefined;
      const item = take(sender, "first");
      const own = waiting.get(sender);
      if (own !== undefined) {
        // Behind all others.
        waiting.delete(sender);
        waiting.set(sender, own);
      }
      return item;
    },
    countOf: (sender) => waiting.get(sender)?.length ?? 0,
    largest() {
      let largest: string | undefined;
      for (const [sender, { length }] of waiting)
        if (largest === undefined || length > (waiting.get(largest)?.length ?? 0)) largest = sender;
      return {
        count: largest === undefined ? 0 : (waiting.get(largest)?.length ?? 0),
        drop: () => (largest === undefined ? undefined : take(largest, "last")),
      };
    },
  };
}
