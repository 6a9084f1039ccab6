/** Whether a name is one of the patterns: `*` stands for any text, and a pattern that begins with `!` takes out again. */
export function matches(patterns: readonly string[], name: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const excluded = pattern.startsWith("!");
    if (globMatches(excluded ? pattern.slice(1) : pattern, name)) matched = !excluded;
  }
  return matched;
}

function globMatches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

/** The stack's name in a URN. */
export function stackOfUrn(urn: string): string {
  return urn.split("::")[0]?.split(":")[2] ?? "";
}
