import type { AudioCandidate, AudioStream } from "./audio-streams.ts";
import { knownLanguage } from "./language.ts";

/** ffmpeg's names of a mono stream's layout where the input says which side it is. */
const sideOf = ({ layout = "" }: AudioStream): "left" | "right" | undefined =>
  /\bFL\b/.test(layout) ? "left" : /\bFR\b/.test(layout) ? "right" : undefined;

/**
 * Mono streams that are one sound: a left and a right one, become one candidate, with what is right of it. The input may
 * say which is which; where it does not, and comes from a container of production (`isProduction`), the first two of one
 * language and codec are left and right, as cameras and MXF have them.
 */
export function pairMonos(
  candidates: readonly AudioCandidate[],
  isProduction: boolean,
): readonly AudioCandidate[] {
  const groups = new Map<string, AudioCandidate[]>();
  for (const candidate of candidates) {
    const { stream, flaw } = candidate;
    if (stream.channels !== 1 || flaw !== undefined) continue;
    const key = `${stream.codec} ${knownLanguage(stream.language) ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  }
  const lefts = new Map<AudioCandidate, AudioCandidate>();
  for (const group of groups.values()) {
    const told = {
      left: group.find(({ stream }) => sideOf(stream) === "left"),
      right: group.find(({ stream }) => sideOf(stream) === "right"),
    };
    const [first, second] = told.left && told.right ? [told.left, told.right] : isProduction ? group : [];
    if (first && second) lefts.set(first, second);
  }
  const rights = new Set(lefts.values());
  return candidates
    .filter((candidate) => !rights.has(candidate))
    .map((candidate) => {
      const right = lefts.get(candidate);
      if (right === undefined) return candidate;
      return {
        ...candidate,
        isDefault: candidate.isDefault || right.isDefault,
        stream: { ...candidate.stream, channels: 2, layout: "stereo", right: right.stream.index },
      };
    });
}
