/** Times what runs in it, by name and in order. */
export interface Phases {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Seconds by phase. */
  times(): (readonly [string, number])[];
}

export function startPhases(): Phases {
  const times: (readonly [string, number])[] = [];
  return {
    run: async (name, work) => {
      const start = performance.now();
      try {
        return await work();
      } finally {
        times.push([name, (performance.now() - start) / 1000]);
      }
    },
    times: () => times,
  };
}
