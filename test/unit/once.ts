/**
 * A maker of which tests that ask for the same get the same: declaring a component takes long, and nobody changes what was
 * recorded of it. For arguments of plain values only.
 */
export function once<Arguments extends readonly unknown[], Made>(
  make: (...arguments_: Arguments) => Promise<Made>,
): (...arguments_: Arguments) => Promise<Made> {
  const already = new Map<string, Promise<Made>>();
  return (...arguments_) => {
    const wanted = JSON.stringify(arguments_);
    const found = already.get(wanted) ?? make(...arguments_);
    already.set(wanted, found);
    return found;
  };
}
