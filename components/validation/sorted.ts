/**
 * A list whose order means nothing, in one order: whoever moves its elements changes no resource.
 *
 * @param textOf what tells the elements apart. @default the element, of texts
 */
export function sorted<T extends string>(items: readonly T[], textOf?: (item: T) => string): T[];
export function sorted<T>(items: readonly T[], textOf: (item: T) => string): T[];
export function sorted<T>(items: readonly T[], textOf: (item: T) => string = String): T[] {
  return items.toSorted((one, other) => {
    const [left, right] = [textOf(one), textOf(other)];
    return left === right ? 0 : left < right ? -1 : 1;
  });
}
