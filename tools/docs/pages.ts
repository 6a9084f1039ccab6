import { dirname } from "node:path";
import type { ComponentReference, Doc, Member, NamedType } from "./components.ts";

/** Where the pages are, from the repository's root. */
export const DIRECTORY = "docs/reference/components";

/** docs/reference/components/: a page for each component and a list of them, by file name. */
export function componentPages(components: readonly ComponentReference[]): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", listPage(components)],
    ...components.map((one) => [`${one.name}.md`, componentPage(one)] as const),
  ]);
}

function listPage(components: readonly ComponentReference[]): string {
  return [
    "# Components",
    "",
    "<!-- Written by `npm run docs` from components/: change it there. -->",
    "",
    "Every component with its arguments and outputs, from its source. How they fit together, with examples, is in the guides.",
    "",
    "| component | import from | what it is | guide |",
    "| --- | --- | --- | --- |",
    ...components.map(({ name, entry, doc, file }) =>
      row([
        `[\`${name}\`](${name}.md)`,
        `\`${entry}\``,
        firstSentence(doc.text),
        `[guide](${guideOf(file)})`,
      ]),
    ),
    "",
  ].join("\n");
}

function componentPage(component: ComponentReference): string {
  const { name, entry, file, doc, types, resources } = component;
  const links = linksTo(types);
  return [
    `# ${name}`,
    "",
    `<!-- Written by \`npm run docs\` from ${file}: change it there. -->`,
    "",
    prose(doc.text),
    "",
    `- Import: \`import { ${name} } from "${entry}"\``,
    `- [Guide with examples](${guideOf(file)}), [source](../../../${file})`,
    ...(doc.throws === undefined ? [] : [`- Throws ${prose(doc.throws.replace(/^\{(\w+)\}/, "`$1`"))}`]),
    "",
    "## Arguments",
    "",
    ...inputTable("argument", component.arguments, links),
    "",
    "## Outputs",
    "",
    ...readTable("output", component.outputs, links),
    "",
    ...(types.length === 0 ? [] : ["## Types", "", ...types.flatMap((type) => typeSection(type, links))]),
    ...(resources.length === 0 ? [] : resourcesSection(resources)),
  ].join("\n");
}

/** Links to the types of a page, and the values of those that are one of a few. */
interface Links {
  readonly of: (type: string) => string;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

function linksTo(types: readonly NamedType[]): Links {
  const values = new Map(
    types.flatMap((type) =>
      type.kind === "values" ? [[type.name, type.values.map(({ value }) => value)] as const] : [],
    ),
  );
  const link = (text: string, name: string): string => `[\`${text}\`](#${name.toLowerCase()})`;
  return {
    values,
    of: (type) => {
      const named = types.map(({ name }) => name).filter((name) => new RegExp(`\\b${name}\\b`).test(type));
      const [first, ...more] = named;
      if (first === undefined) return code(type);
      return more.length === 0
        ? link(type, first)
        : [code(type), ...named.map((name) => link(name, name))].join(" ");
    },
  };
}

function inputTable(title: string, members: readonly Member[], links: Links): string[] {
  return [
    `| ${title} | type | default | what it is |`,
    "| --- | --- | --- | --- |",
    ...members.map((member) =>
      row([
        `\`${member.name}\``,
        links.of(member.type),
        byDefault(member),
        [prose(member.text), allowed(member, links), example(member)].filter(Boolean).join(" "),
      ]),
    ),
  ];
}

function readTable(title: string, members: readonly Member[], links: Links): string[] {
  return [
    `| ${title} | type | what it is |`,
    "| --- | --- | --- |",
    ...members.map((member) => row([`\`${member.name}\``, links.of(member.type), prose(member.text)])),
  ];
}

function typeSection(type: NamedType, links: Links): string[] {
  const head = [`### ${type.name}`, "", ...(type.doc.text === "" ? [] : [prose(type.doc.text), ""])];
  switch (type.kind) {
    case "object":
      return [...head, ...inputTable("property", type.members, links), ""];
    case "values":
      return [
        ...head,
        "| value | what it means |",
        "| --- | --- |",
        ...type.values.map(({ value, text }) => row([code(value), prose(text)])),
        "",
      ];
    case "other":
      return [...head, links.of(type.type), ""];
  }
}

/** What a component made. */
function resourcesSection(types: readonly NamedType[]): string[] {
  const links = linksTo(types);
  return [
    "## Resources",
    "",
    "What the component made, in its property `resources`, for programs in TypeScript.",
    "",
    ...types.flatMap((type) =>
      type.kind === "object"
        ? [
            `### ${type.name}`,
            "",
            prose(type.doc.text),
            "",
            ...readTable("property", type.members, links),
            "",
          ]
        : typeSection(type, links),
    ),
  ];
}

function byDefault(member: Member): string {
  if (!member.optional) return "**required**";
  return member.default === undefined ? "none" : prose(member.default);
}

/** The values of a type that is one of a few, so that nobody has to follow its link for them. */
function allowed({ type }: Member, { values }: Links): string {
  const own = [...values].find(([name]) => new RegExp(`^(Input<)?${name}(\\[\\])?>?$`).test(type))?.[1];
  return own === undefined ? "" : `Allowed: ${own.map(code).join(", ")}.`;
}

function example(doc: Doc): string {
  return doc.example === undefined ? "" : `Example: ${code(doc.example.replaceAll("`", ""))}.`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Addresses become links, so that a table stays narrow. */
function prose(text: string): string {
  return text.replaceAll(/(Sources?: )?(https:\/\/[^\s)]*[^\s).,;])/g, "[source]($2)");
}

/** A bar would end the cell. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function firstSentence(text: string): string {
  return /^.*?[.](?= |$)/.exec(text)?.[0] ?? text;
}

/** The README beside a component, or the one above: components/platform has none. */
function guideOf(file: string): string {
  const folder = dirname(file);
  return `../../../${folder === "components/platform" ? "components" : folder}/README.md`;
}
