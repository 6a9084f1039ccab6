/** Pulumi's marks of a special value on the wire, and of a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Every text in a value as it travels to the engine that is not inside a secret. */
export function clearTexts(wire: unknown): string[] {
  if (typeof wire === "string") return [wire];
  if (typeof wire !== "object" || wire === null) return [];
  if (Reflect.get(wire, SIGNATURE) === SECRET) return [];
  return Object.values(wire).flatMap(clearTexts);
}
