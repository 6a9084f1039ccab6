/**
 * Logical operators in the expression of one condition: `&&`, `||` and `!`.
 *
 * Source: https://docs.cloud.google.com/iam/quotas
 */
export const MOST_OPERATORS = 12;

/**
 * Bindings of one policy for the same role and the same principal whose conditions differ.
 *
 * Source: https://docs.cloud.google.com/iam/quotas
 */
export const MOST_CONDITIONS = 20;

/** Logical operators of an expression in Google's Common Expression Language, those in texts left out. */
export function logicalOperators(expression: string): number {
  const code = expression.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  return code.match(/&&|\|\||!(?!=)/g)?.length ?? 0;
}
