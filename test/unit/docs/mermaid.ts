/**
 * What is wrong with a diagram: of the kinds and lines that pages use, nothing else. Ends of arrows have to be declared, because
 * mermaid would draw a mistyped name as one more box.
 *
 * Source: https://mermaid.js.org/intro/syntax-reference.html
 */
export function mermaidProblems(code: string): readonly string[] {
  const [kind = "", ...rest] = code.split("\n").filter((line) => line.trim() !== "");
  const lines = rest.map((line) => line.trim());
  switch (kind.split(" ")[0] ?? "") {
    case "sequenceDiagram":
      return sequenceProblems(lines);
    case "stateDiagram-v2":
      return lines.filter((line) => !/^(?:\[\*\]|\w+) --> (?:\[\*\]|\w+)(?:: .+)?$/.test(line));
    case "flowchart":
      return flowchartProblems(lines);
    default:
      return [`${kind} is no kind of diagram that pages use`];
  }
}

function sequenceProblems(lines: readonly string[]): readonly string[] {
  const participants = new Set(
    lines.flatMap((line) => /^participant (\w+)(?: as .+)?$/.exec(line)?.[1] ?? []),
  );
  const loops = lines.filter((line) => /^loop .+$/.test(line)).length;
  const ends = lines.filter((line) => line === "end").length;
  const problems = lines.flatMap((line) => {
    if (/^participant \w+|^loop .+$|^end$/.test(line)) return [];
    const named =
      /^(\w+)-?->>(\w+): .+$/.exec(line)?.slice(1) ?? /^Note over ([\w,]+): .+$/.exec(line)?.[1]?.split(",");
    if (named === undefined) return [line];
    return named.filter((end) => !participants.has(end)).map((end) => `${end} is no participant: ${line}`);
  });
  return loops === ends ? problems : [...problems, "a loop is not closed"];
}

function flowchartProblems(lines: readonly string[]): readonly string[] {
  const nodes = new Set(lines.flatMap((line) => /^(\w+)(?:\[|\[\()/.exec(line)?.[1] ?? []));
  return lines.flatMap((line) => {
    if (/^(?:subgraph \w+ \[.+\]|end|\w+\[[^\]]+\]|\w+\[\([^)]+\)\])$/.test(line)) return [];
    const ends = /^(\w+) -- ".+" --> (\w+)$/.exec(line)?.slice(1);
    if (ends === undefined) return [line];
    return ends.filter((end) => !nodes.has(end)).map((end) => `${end} is no node: ${line}`);
  });
}
