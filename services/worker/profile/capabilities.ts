import { runGuarded } from "../process/guarded-process.ts";
import { meaningfulLine } from "../process/ffmpeg-output.ts";
import { notIsolated } from "../process/isolation.ts";
import type { Isolate } from "../process/isolation.ts";
import { av1Decoders } from "./encoders.ts";

/** What a profile needs of ffmpeg, as far as versions differ in it. */
export interface Capabilities {
  /** Encoders, filters and muxers by name. */
  readonly names: {
    readonly encoders: ReadonlySet<string>;
    readonly filters: ReadonlySet<string>;
    readonly muxers: ReadonlySet<string>;
  };
  /** Codecs of sound and pictures that it decodes without special hardware, by ffprobe's names. */
  readonly decodes: ReadonlySet<string>;
  /** Why a short run with these arguments fails, or undefined. Each is tried once. */
  trial(args: readonly string[]): Promise<string | undefined>;
}

/** Reads what this ffmpeg was built with. @param isolate how it runs later: its trials run so too */
export async function readCapabilities(
  ffmpeg: string,
  isolate: Isolate = notIsolated,
): Promise<Capabilities> {
  const list = async (option: string, pattern: RegExp): Promise<ReadonlySet<string>> => {
    const { stdout } = await runGuarded(ffmpeg, ["-hide_banner", option], { limitSeconds: 20 });
    return new Set(stdout.split("\n").flatMap((line) => pattern.exec(line)?.[1]?.split(",") ?? []));
  };
  const [encoders, filters, muxers, codecs, decoders] = await Promise.all([
    list("-encoders", /^\s*[A-Z.]{6}\s+(\S+)/),
    list("-filters", /^\s*[A-Z.|]{2,3}\s+(\S+)\s+\S*->/),
    list("-muxers", /^\s*D?\s*E\S*\s+(\S+)/),
    list("-codecs", /^\s*D[E.][AV]\S*\s+(\S+)/),
    list("-decoders", /^\s*[A-Z.]{6}\s+(\S+)/),
  ]);
  const decodes = new Set(codecs);
  if (!av1Decoders.some((name) => decoders.has(name))) decodes.delete("av1");
  const tried = new Map<string, Promise<string | undefined>>();
  return {
    names: { encoders, filters, muxers },
    decodes,
    trial: (args) => {
      const key = args.join("\0");
      const known = tried.get(key) ?? tryOut(ffmpeg, args, isolate);
      tried.set(key, known);
      return known;
    },
  };
}

const trialSeconds = 60;

async function tryOut(
  ffmpeg: string,
  args: readonly string[],
  isolate: Isolate,
): Promise<string | undefined> {
  const quiet = ["-hide_banner", "-nostdin", "-y", "-loglevel", "error"];
  const [command, ...rest] = isolate(ffmpeg, [...quiet, ...args], {});
  const { ending, exitCode, stderr } = await runGuarded(command, rest, { limitSeconds: trialSeconds });
  if (ending === "time-limit") return `a trial took longer than ${trialSeconds} s`;
  return exitCode === 0 ? undefined : meaningfulLine(stderr).replace(/\.$/, "");
}

export const picture = ["-f", "lavfi", "-i", "testsrc=size=128x128:rate=25:duration=0.2"] as const;
export const nowhere = ["-f", "null", "-"] as const;

/** The options of libvmaf that do not name a file. */
export const vmafOptions = (everyNthFrame: number): string => `n_subsample=${everyNthFrame}`;
