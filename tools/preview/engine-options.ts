import { quoted } from "../cli/parameter.ts";

/** Options of `pulumi preview` that take a value. https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/ */
const VALUED: ReadonlySet<string> = new Set([
  ...["--attach-debugger", "--color", "--config", "-c", "--config-file", "--cwd", "-C", "--diff-output"],
  ...["--exclude", "--import-file", "--message", "-m", "--parallel", "-p", "--policy-pack"],
  ...[
    "--policy-pack-config",
    "--profiling",
    "--refresh",
    "--replace",
    "--save-plan",
    "--stack",
    "-s",
    "--target",
  ],
  ...["-t", "--target-replace", "--tracing", "--verbose", "-v"],
]);
/** These of them may stand alone. */
const OPTIONAL: ReadonlySet<string> = new Set(["--attach-debugger", "--diff-output", "--refresh"]);

/** Problems of options that are handed on, as far as it can be told before the engine starts. */
export function engineOptionProblems(rest: readonly string[]): string[] {
  return rest.flatMap((option, index) => {
    const next = rest[index + 1];
    if (VALUED.has(option) && !OPTIONAL.has(option) && (next === undefined || /^--?[a-zA-Z]/.test(next)))
      return [`${option}: a value is missing.`];
    const setting = /^(?:--config|-c)=(.*)$/s.exec(option)?.[1] ?? (isConfig(option) ? next : undefined);
    if (setting === undefined || /^[^=]+=/.test(setting)) return [];
    return [`--config: ${quoted(setting)} is not KEY=VALUE.`];
  });
}

const isConfig = (option: string): boolean => option === "--config" || option === "-c";
