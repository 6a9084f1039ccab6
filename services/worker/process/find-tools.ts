import { runGuarded } from "./guarded-process.ts";

export interface Tools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** Encoders without which no profile can be made. */
export const requiredEncoders = ["libx264", "aac"] as const;

/**
 * Makes sure that both programs run and that ffmpeg has the encoders needed, so that a wrong image is found out when the
 * worker starts and not by failing jobs.
 * @returns their versions
 * @throws Error naming everything that is wrong
 */
export async function checkTools(tools: Tools): Promise<Tools> {
  const [ffmpeg, ffprobe, encoders] = await Promise.all([
    versionOf(tools.ffmpeg),
    versionOf(tools.ffprobe),
    missingEncoders(tools.ffmpeg),
  ]);
  const wrong = [
    ...(ffmpeg === undefined
      ? [`MPEGFLOW_FFMPEG is ${JSON.stringify(tools.ffmpeg)}, which does not run`]
      : []),
    ...(ffprobe === undefined
      ? [`MPEGFLOW_FFPROBE is ${JSON.stringify(tools.ffprobe)}, which does not run`]
      : []),
    ...(ffmpeg !== undefined && encoders.length > 0
      ? [`this ffmpeg lacks the encoders ${encoders.join(" and ")}`]
      : []),
  ];
  if (ffmpeg === undefined || ffprobe === undefined || wrong.length > 0) {
    throw new Error(`The worker cannot encode: ${wrong.join("; ")}.`);
  }
  return { ffmpeg, ffprobe };
}

/** The word after "version" in what `-version` prints first; undefined when the program does not run. */
export async function versionOf(program: string): Promise<string | undefined> {
  const { exitCode, stdout } = await runGuarded(program, ["-version"], { limitSeconds: 20 });
  return exitCode === 0 ? /^\S+ version (\S+)/.exec(stdout)?.[1] : undefined;
}

export async function missingEncoders(ffmpeg: string): Promise<readonly string[]> {
  const { stdout } = await runGuarded(ffmpeg, ["-hide_banner", "-encoders"], { limitSeconds: 20 });
  const names = new Set(stdout.split("\n").map((line) => /^\s*[A-Z.]{6}\s+(\S+)/.exec(line)?.[1]));
  return requiredEncoders.filter((name) => !names.has(name));
}
