import { join } from "node:path";
import ts from "typescript";

/** What a package entry offers, one line a name, with signatures: what users' programs may rely on. */
export function publicApi(root: string, entries: Readonly<Record<string, string>>): string {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const files = Object.values(entries).map((file) => join(root, file));
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  return Object.entries(entries)
    .flatMap(([entry, file]) => {
      const source = program.getSourceFile(join(root, file));
      const module = source && checker.getSymbolAtLocation(source);
      if (module === undefined) throw new Error(`${file} exports nothing`);
      const exports = checker
        .getExportsOfModule(module)
        .toSorted((one, other) => (one.name < other.name ? -1 : 1));
      return [`## ${entry}`, "", ...exports.flatMap((symbol) => describe(symbol, checker)), ""];
    })
    .join("\n");
}

function describe(exported: ts.Symbol, checker: ts.TypeChecker): string[] {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const [declaration] = symbol.declarations ?? [];
  if (declaration === undefined) return [exported.name];
  const text = (type: ts.Type): string =>
    checker.typeToString(
      type,
      undefined,
      ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope,
    );
  const members = (type: ts.Type): string[] =>
    checker
      .getPropertiesOfType(type)
      .filter((one) => one.declarations?.some((own) => own.parent === declaration))
      .map((one) => {
        const optional = one.flags & ts.SymbolFlags.Optional ? "?" : "";
        // The compiler numbers symbols anew with every change of the sources.
        const name = one.name.replace(/^__@(\w+)@\d+$/, "[$1]");
        return `  ${name}${optional}: ${text(checker.getTypeOfSymbolAtLocation(one, declaration))}`;
      })
      .sort();
  if (ts.isInterfaceDeclaration(declaration)) {
    return [`interface ${exported.name}`, ...members(checker.getDeclaredTypeOfSymbol(symbol))];
  }
  if (ts.isClassDeclaration(declaration)) {
    const constructors = checker
      .getTypeOfSymbolAtLocation(symbol, declaration)
      .getConstructSignatures()
      .map((signature) => `  new ${checker.signatureToString(signature)}`);
    return [`class ${exported.name}`, ...constructors, ...members(checker.getDeclaredTypeOfSymbol(symbol))];
  }
  if (ts.isTypeAliasDeclaration(declaration)) {
    return [`type ${exported.name} = ${declaration.type.getText().replaceAll(/\s+/g, " ")}`];
  }
  return [`${exported.name}: ${text(checker.getTypeOfSymbolAtLocation(symbol, declaration))}`];
}
