/**
 * Names the compiled file in each relative import of a declaration file. The compiler leaves the source's `.ts` there, which
 * TypeScript before 5.0 does not resolve.
 */
export function withCompiledSpecifiers(declarations: string): string {
  return declarations.replace(
    /((?:\bfrom|\bimport|\bimport\()\s*)"(\.{1,2}\/[^"]+)\.ts"/g,
    (_match, before: string, path: string) => `${before}"${path}.js"`,
  );
}
