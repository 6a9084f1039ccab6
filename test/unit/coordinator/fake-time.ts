/** A clock that only moves when nothing else can go on, and then to the next sleeper's end. */
export function fakeTime() {
  let time = 0;
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: (): number => time,
    sleep: (ms: number): Promise<void> =>
      new Promise((wake) => void sleepers.push({ until: time + ms, wake })),
    /** What the promise comes to; the clock moves as far as that needs. */
    async until<T>(wanted: Promise<T>): Promise<T> {
      const state = { isSettled: false };
      const settle = (): void => {
        state.isSettled = true;
      };
      wanted.then(settle, settle);
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (state.isSettled) return wanted;
        sleepers.sort((one, other) => one.until - other.until);
        const next = sleepers.shift();
        if (next === undefined) throw new Error("nothing is asleep, and the promise is not settled");
        time = Math.max(time, next.until);
        next.wake();
      }
    },
  };
}
