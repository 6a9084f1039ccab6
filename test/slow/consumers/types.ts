import { createRequire } from "node:module";
import { join, relative } from "node:path";
import type ts from "typescript";
import type { COMPILERS } from "./installed.ts";

type Compiler = keyof typeof COMPILERS;
interface Options {
  readonly module: string;
  readonly moduleResolution: string;
  readonly strict: boolean;
}

/** Files are read once for each compiler: Pulumi's declarations are large. */
const hosts = new Map<Compiler, { readonly api: typeof ts; readonly files: Map<string, ts.SourceFile> }>();

/** What a compiler says of a program and of every declaration that it reads: skipLibCheck is off, as in Pulumi's templates. */
export function typeProblems(
  directory: string,
  compiler: Compiler,
  file: string,
  { strict, ...modules }: Options,
): string[] {
  const { api, files } = hostOf(directory, compiler);
  const { options, errors } = api.convertCompilerOptionsFromJson(
    { ...modules, strict, target: "es2020", noEmit: true, types: ["node"] },
    directory,
  );
  const host = api.createCompilerHost(options);
  host.getCurrentDirectory = () => directory;
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, languageVersion, ...rest) => {
    // A file's format depends on how modules are resolved.
    const key = `${modules.moduleResolution} ${name}`;
    const known = files.get(key);
    if (known !== undefined) return known;
    const parsed = read(name, languageVersion, ...rest);
    if (parsed !== undefined) files.set(key, parsed);
    return parsed;
  };
  const program = api.createProgram([file], options, host);
  return [...errors, ...api.getPreEmitDiagnostics(program)].map(({ file: source, messageText }) => {
    const place = source === undefined ? "" : `${relative(directory, source.fileName)}: `;
    return place + api.flattenDiagnosticMessageText(messageText, " ");
  });
}

function hostOf(directory: string, compiler: Compiler) {
  const known = hosts.get(compiler);
  if (known !== undefined) return known;
  const api = createRequire(join(directory, "index.js"))(`typescript-${compiler}`) as typeof ts;
  const made = { api, files: new Map<string, ts.SourceFile>() };
  hosts.set(compiler, made);
  return made;
}
