import { join, relative } from "node:path";
import ts from "typescript";

/** The accessor by which a component shows what it made. */
const RESOURCES = "resources";

/** What users import from where, and the entry's source. */
const ENTRIES = {
  "mpegflow-gcs": "components/index.ts",
  "mpegflow-gcs/aws": "components/migration/index.ts",
  "mpegflow-gcs/images": "components/images/index.ts",
} as const;

/** A docstring, taken apart. */
export interface Doc {
  /** Without its tags, on one line. */
  readonly text: string;
  readonly default?: string;
  readonly example?: string;
  readonly throws?: string;
}

/** An argument, an output, or a property of a type. */
export interface Member extends Doc {
  readonly name: string;
  readonly optional: boolean;
  /** As it is written, without `pulumi.`. */
  readonly type: string;
}

/** A type that arguments or outputs name, declared in components/. */
export type NamedType = { readonly name: string; readonly doc: Doc } & (
  | { readonly kind: "object"; readonly members: readonly Member[] }
  /** One of some texts or numbers, each with what it means. */
  | { readonly kind: "values"; readonly values: readonly (Doc & { readonly value: string })[] }
  | { readonly kind: "other"; readonly type: string }
);

export interface ComponentReference {
  readonly name: string;
  /** `mpegflow-gcs/aws` */
  readonly entry: string;
  /** Its source, from the repository's root. */
  readonly file: string;
  readonly doc: Doc;
  readonly arguments: readonly Member[];
  readonly outputs: readonly Member[];
  /** Every type that these name, and those that they name in turn, in the order in which a reader meets them. */
  readonly types: readonly NamedType[];
  /** The type of its `resources` and those that it names in turn, other components left out. */
  readonly resources: readonly NamedType[];
}

/**
 * Every component that the package offers, read from the TypeScript.
 *
 * @param root the repository's root
 */
export function readComponents(root: string): ComponentReference[] {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const program = ts.createProgram(
    Object.values(ENTRIES).map((file) => join(root, file)),
    options,
  );
  const checker = program.getTypeChecker();
  const reader = readerOf(checker, root);
  return Object.entries(ENTRIES).flatMap(([entry, file]) => {
    const source = program.getSourceFile(join(root, file));
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} exports nothing`);
    return checker
      .getExportsOfModule(module)
      .flatMap((exported) => reader.component(resolved(exported, checker), entry))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  });
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function readerOf(checker: ts.TypeChecker, root: string) {
  const own = (node: ts.Node): boolean =>
    node.getSourceFile().fileName.startsWith(join(root, "components/").replaceAll("\\", "/"));

  const docOf = (symbol: ts.Symbol): Doc => {
    const tag = (name: string): string | undefined => {
      const found = symbol.getJsDocTags(checker).find((one) => one.name === name);
      return found && oneLine(ts.displayPartsToString(found.text));
    };
    const [byDefault, example, throws] = [tag("default"), tag("example"), tag("throws")];
    return {
      text: oneLine(ts.displayPartsToString(symbol.getDocumentationComment(checker))),
      ...(byDefault !== undefined && { default: byDefault }),
      ...(example !== undefined && { example }),
      ...(throws !== undefined && { throws }),
    };
  };

  const memberOf = (symbol: ts.Symbol): { member: Member; node: ts.TypeNode | undefined } | undefined => {
    const declaration = symbol.declarations?.find(
      (one) =>
        ts.isPropertySignature(one) || ts.isPropertyDeclaration(one) || ts.isGetAccessorDeclaration(one),
    );
    if (declaration === undefined || !own(declaration)) return undefined;
    const node = declaration.type;
    const type = node?.getText() ?? checker.typeToString(checker.getTypeOfSymbol(symbol));
    return {
      node,
      member: {
        name: symbol.name,
        optional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
        type: oneLine(type).replaceAll("pulumi.", "").replaceAll("readonly ", ""),
        ...docOf(symbol),
      },
    };
  };

  const membersOf = (type: ts.Type) =>
    checker.getPropertiesOfType(type).flatMap((symbol) => memberOf(symbol) ?? []);

  /** The types of components/ that a type names, in their order. */
  const namedIn = (node: ts.Node | undefined): ts.Symbol[] => {
    if (node === undefined) return [];
    const here = ts.isTypeReferenceNode(node) ? checker.getSymbolAtLocation(node.typeName) : undefined;
    const symbol = here && resolved(here, checker);
    const nested: ts.Symbol[] = [];
    ts.forEachChild(node, (child) => {
      nested.push(...namedIn(child));
    });
    const declared = symbol?.declarations?.some((one) => own(one) && !ts.isTypeParameterDeclaration(one));
    return [...(symbol && declared === true ? [symbol] : []), ...nested];
  };

  const valuesOf = (symbol: ts.Symbol): (Doc & { value: string })[] | undefined => {
    const constant = symbol.declarations?.find(ts.isVariableDeclaration);
    if (constant === undefined) return undefined;
    const values = checker.getPropertiesOfType(checker.getTypeOfSymbolAtLocation(symbol, constant));
    return values.map((one) => ({
      value: checker.typeToString(checker.getTypeOfSymbolAtLocation(one, constant)),
      ...docOf(one),
    }));
  };

  /** A type, and the types that it names. */
  const describe = (symbol: ts.Symbol): { type: NamedType; names: ts.Symbol[] } => {
    const base = { name: symbol.name, doc: docOf(symbol) };
    const values = valuesOf(symbol);
    if (values !== undefined) return { type: { ...base, kind: "values", values }, names: [] };
    const alias = symbol.declarations?.find(ts.isTypeAliasDeclaration);
    const named = alias?.type;
    if (named !== undefined && !ts.isTypeLiteralNode(named)) {
      const type = oneLine(named.getText()).replaceAll("pulumi.", "").replaceAll("readonly ", "");
      return { type: { ...base, kind: "other", type }, names: namedIn(named) };
    }
    const members = membersOf(checker.getDeclaredTypeOfSymbol(symbol));
    return {
      type: { ...base, kind: "object", members: members.map(({ member }) => member) },
      names: members.flatMap(({ node }) => namedIn(node)),
    };
  };

  const withAllTypes = (symbols: readonly ts.Symbol[]): NamedType[] => {
    const found = new Map<ts.Symbol, NamedType>();
    const waiting = [...symbols];
    for (let symbol = waiting.shift(); symbol !== undefined; symbol = waiting.shift()) {
      // A component has a page of its own.
      if (found.has(symbol) || symbol.flags & ts.SymbolFlags.Class) continue;
      const { type, names } = describe(symbol);
      found.set(symbol, type);
      waiting.unshift(...names);
    }
    return [...found.values()];
  };

  const component = (symbol: ts.Symbol, entry: string): ComponentReference[] => {
    const declaration = symbol.declarations?.find(ts.isClassDeclaration);
    const constructor = declaration?.members.find(ts.isConstructorDeclaration);
    const base = declaration?.heritageClauses?.[0]?.types[0]?.expression.getText();
    if (declaration === undefined || constructor === undefined || base !== "pulumi.ComponentResource")
      return [];
    const [, args] = constructor.parameters;
    if (args === undefined) throw new Error(`${symbol.name} takes no arguments`);
    const given = membersOf(checker.getTypeAtLocation(args));
    const readable = membersOf(checker.getDeclaredTypeOfSymbol(symbol));
    const outputs = readable.filter(({ member }) => member.name !== RESOURCES);
    const resources = readable.filter(({ member }) => member.name === RESOURCES);
    return [
      {
        name: symbol.name,
        entry,
        file: relative(root, declaration.getSourceFile().fileName).replaceAll("\\", "/"),
        doc: docOf(symbol),
        arguments: given.map(({ member }) => member),
        outputs: outputs.map(({ member }) => member),
        types: withAllTypes([...given, ...outputs].flatMap(({ node }) => namedIn(node))),
        resources: withAllTypes(resources.flatMap(({ node }) => namedIn(node))),
      },
    ];
  };
  return { component };
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\{@link\s+([^}\s]+)\s*\}/g, "`$1`")
    .replaceAll(/\s+/g, " ")
    .trim();
}
