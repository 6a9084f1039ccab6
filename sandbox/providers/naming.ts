import { createHash, randomBytes } from "node:crypto";
import { type Naming } from "./model.ts";
import { Refusal } from "./refusal.ts";
import { textOf, type Properties } from "./values.ts";

/**
 * A physical name, as the real providers make one when the program gives none: the logical name, a dash and random hexadecimal digits,
 * kept over updates.
 */
export function generatedName(
  naming: Naming,
  oldName: string | undefined,
  limits: { digits: number; longest: number },
): string {
  if (oldName !== undefined && isGeneratedName(oldName, naming.name, limits.digits)) return oldName;
  if (naming.proposed !== undefined) return naming.proposed;
  if (!naming.mayGenerate)
    throw new Refusal("the stack's pulumi:autonaming forbids generated names: give a name");
  const { digits, longest } = limits;
  const prefix = `${naming.name}-`;
  if (prefix.length + digits > longest) {
    throw new Refusal(
      `no name can be generated: "${prefix}" and ${digits} random digits are longer than ${longest} characters; give the name yourself`,
    );
  }
  const hex =
    naming.seed.length > 0
      ? createHash("sha256").update(naming.seed).digest("hex")
      : randomBytes(32).toString("hex");
  return prefix + hex.slice(0, digits);
}

export const isGeneratedName = (physical: string, logical: string, digits: number): boolean =>
  physical.startsWith(`${logical}-`) &&
  new RegExp(`^[0-9a-f]{${digits}}$`).test(physical.slice(logical.length + 1));

/** For models whose `field` holds the physical name. */
export const named = (field: string, longest: number, digits = 7) => ({
  complete: (inputs: Properties, naming: Naming) => withName(inputs, naming, field, { digits, longest }),
  identity: (inputs: Properties, name: string) => {
    const physical = textOf(inputs[field]);
    return physical === undefined || isGeneratedName(physical, name, digits) ? undefined : physical;
  },
});

function withName(
  inputs: Properties,
  naming: Naming,
  field: string,
  limits: { digits: number; longest: number },
) {
  return field in inputs
    ? inputs
    : { ...inputs, [field]: generatedName(naming, textOf(naming.old?.[field]), limits) };
}
