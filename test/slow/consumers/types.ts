import { createRequire } from "node:module";
import { join, relative } from "node:path";
import type ts from "typescript";
import type { COMPILERS } from "./installed.ts";

interface Modules {
  readonly module: string;
  readonly moduleResolution: string;
}

/**
 * What a compiler says of a program, and of every declaration of the package that the program reaches: strict, and not strict.
 *
 * Only those are checked: Pulumi's declarations are many, and Pulumi's.
 */
export function typeProblems(
  directory: string,
  compiler: keyof typeof COMPILERS,
  file: string,
  modules: Modules,
): string[] {
  const api = createRequire(join(directory, "index.js"))(`typescript-${compiler}`) as typeof ts;
  // Read once for both.
  const files = new Map<string, ts.SourceFile | undefined>();
  return [true, false].flatMap((strict) => {
    const { options, errors } = api.convertCompilerOptionsFromJson(
      { ...modules, strict, target: "es2020", noEmit: true, types: ["node"] },
      directory,
    );
    const host = api.createCompilerHost(options);
    host.getCurrentDirectory = () => directory;
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, ...rest) => {
      if (!files.has(name)) files.set(name, read(name, ...rest));
      return files.get(name);
    };
    const program = api.createProgram([file], options, host);
    const checked = program
      .getSourceFiles()
      .filter(({ fileName }) => fileName === file || fileName.includes("/node_modules/mpegflow-gcs/"));
    const found = checked.flatMap((source) => [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]);
    return [...errors, ...program.getOptionsDiagnostics(), ...found].map(({ file: source, messageText }) => {
      const place = source === undefined ? "" : `${relative(directory, source.fileName)}: `;
      return place + api.flattenDiagnosticMessageText(messageText, " ");
    });
  });
}
