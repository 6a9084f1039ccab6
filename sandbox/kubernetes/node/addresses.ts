/** The addresses of a node's pods: each from its range, none twice at a time, and none again soon. */
export function openAddresses(podCidr: string): { take: () => string; give: (ip: string) => void } {
  const prefix = podCidr.replace(/\.0\/24$/, "");
  const taken = new Set<number>();
  let last = 0;
  return {
    take: () => {
      for (let tries = 0; tries < 254; tries++) {
        last = (last % 254) + 1;
        if (!taken.has(last)) {
          taken.add(last);
          return `${prefix}.${last}`;
        }
      }
      throw new Error(`no address in ${podCidr} is free`);
    },
    give: (ip) => {
      taken.delete(Number(ip.slice(prefix.length + 1)));
    },
  };
}
