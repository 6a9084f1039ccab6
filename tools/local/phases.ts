/** Times what runs in it, by name and in order. */
export interface Phases {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Seconds by phase. */
  times(): (readonly [string, number])[];
}

export function startPhases(onEnd: (name: string, seconds: number) => void = () => undefined): Phases {
  const times: (readonly [string, number])[] = [];
  return {
    run: async (name, work) => {
      const start = performance.now();
      try {
        return await work();
      } finally {
        const seconds = (performance.now() - start) / 1000;
        times.push([name, seconds]);
        onEnd(name, seconds);
      }
    },
    times: () => times,
  };
}
