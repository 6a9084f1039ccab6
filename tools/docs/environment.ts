import {
  allowedOf,
  coordinatorEnvironment,
  type Variable,
  type Variables,
  workerEnvironment,
} from "../../services/environment/index.ts";

/** docs/reference/environment.md: every variable that the programs read, made of the tables that they read them by. */
export const environmentPage = (): string =>
  [
    "# Environment",
    "",
    "<!-- Written by `npm run docs` from services/environment/: change it there. -->",
    "",
    "What the two programs read from their environment, for who runs them otherwise than by the components. A variable that is set to",
    "nothing counts as not set. A program that cannot read its environment names every problem at once, and does not start. No variable",
    "holds a secret: some name one in Secret Manager. What _the component_ sets, its `variables` may not.",
    "",
    ...section("Coordinator", coordinatorEnvironment),
    ...section("Worker", workerEnvironment),
  ].join("\n");

const section = (title: string, table: Variables): string[] => [
  `## ${title}`,
  "",
  "| variable | meaning | allowed | default | set by |",
  "| --- | --- | --- | --- | --- |",
  ...Object.entries(table).map(row),
  "",
];

function row([name, variable]: [string, Variable]): string {
  const cells = [
    code(name),
    variable.description + (variable.secret === true ? " A reference to Secret Manager." : ""),
    shownAllowed(variable),
    shownDefault(variable),
    variable.component === true ? "the component" : "you",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

const shownAllowed = (variable: Variable): string =>
  variable.type === "json"
    ? "JSON"
    : allowedOf(variable) + (variable.type === "number" ? unitOf(variable) : "");

/** Where the words do not tell it yet. */
const unitOf = ({ unit, whole }: { readonly unit: string; readonly whole?: true }): string =>
  whole === true && unit !== "port" ? `, in ${unit}` : "";

function shownDefault(variable: Variable): string {
  if (variable.required === true) return "**required**";
  return "default" in variable ? code(String(variable.default)) : "–";
}

const code = (text: string): string => `\`${text}\``;
