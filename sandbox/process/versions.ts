/**
 * Whether a version is at least another, by their first three numbers. Takes them as programs print them: "go1.26.8", "v3.259.0",
 * "1.25".
 */
export function isAtLeast(version: string, floor: string): boolean {
  const [have, want] = [numbers(version), numbers(floor)];
  const different = [0, 1, 2].find((index) => have[index] !== want[index]);
  return different === undefined || (have[different] ?? 0) > (want[different] ?? 0);
}

function numbers(version: string): readonly number[] {
  const [, major, minor = "0", patch = "0"] = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  return [major ?? "0", minor, patch].map(Number);
}
