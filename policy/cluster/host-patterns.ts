/** Whether a host's name matches a pattern in which `*` stands for any characters. */
export function matchesName(pattern: string, name: string): boolean {
  const form = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${form.join(".*")}$`).test(name);
}
