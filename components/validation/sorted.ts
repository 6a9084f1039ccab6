/**
 * Sorts a list whose order has no meaning, so that moving its elements changes no resource.
 *
 * @param textOf text that identifies an element. @default the element, for texts
 */
export function sorted<T extends string>(items: readonly T[], textOf?: (item: T) => string): T[];
export function sorted<T>(items: readonly T[], textOf: (item: T) => string): T[];
export function sorted<T>(items: readonly T[], textOf: (item: T) => string = String): T[] {
  return items.toSorted((one, other) => {
    const [left, right] = [textOf(one), textOf(other)];
    return left === right ? 0 : left < right ? -1 : 1;
  });
}
