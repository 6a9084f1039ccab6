import type { ProfileOverrides } from "../../protocol/index.ts";
import { encoderFacts } from "./encoders.ts";
import type { Profile } from "./schema.ts";

/** A profile as one job wants it. */
export interface JobProfile extends Profile {
  /** Longest shorter edge of a rendition in pixels; the smallest rung is exempt. */
  readonly maxShortEdge?: number;
  /** Highest frame rate. */
  readonly maxFramesPerSecond?: number;
}

/** The profile with the job's changes, or everything that is wrong with them. */
export function withOverrides(
  profile: Profile,
  overrides: ProfileOverrides = {},
): { readonly profile: JobProfile } | { readonly wrong: readonly string[] } {
  const { crf, maxShortEdge, maxFramesPerSecond } = overrides;
  const { video, audio, packaging } = profile;
  const encoders = video.encoders.map((encoder) => ({ ...encoder, crf: crf ?? encoder.crf }));
  const changed: JobProfile = {
    ...profile,
    video: { ...video, encoders },
    audio: {
      ...audio,
      languages: overrides.audioLanguages ?? audio.languages,
      monoTracks: overrides.monoTracks ?? audio.monoTracks,
    },
    packaging: {
      segmentSeconds: overrides.segmentSeconds ?? packaging.segmentSeconds,
      hls: overrides.hls ?? packaging.hls,
      dash: overrides.dash ?? packaging.dash,
      progressive: overrides.progressive ?? packaging.progressive,
    },
    captions: overrides.captions ?? profile.captions,
    poster: overrides.poster ?? profile.poster,
    storyboard: { ...profile.storyboard, enabled: overrides.storyboard ?? profile.storyboard.enabled },
    vmaf: { ...profile.vmaf, enabled: overrides.vmaf ?? profile.vmaf.enabled },
    ...(maxShortEdge !== undefined && { maxShortEdge }),
    ...(maxFramesPerSecond !== undefined && { maxFramesPerSecond }),
  };
  const { hls, dash, progressive } = changed.packaging;
  const tooHigh = encoders.filter((encoder) => encoder.crf > encoderFacts[encoder.name].highestCrf);
  const wrong = [
    ...(hls || dash || progressive ? [] : ["hls, dash and progressive are all false: leave one of them on"]),
    ...tooHigh.map(
      (encoder) =>
        `crf is ${encoder.crf}: ${encoder.name} takes 0 to ${encoderFacts[encoder.name].highestCrf}`,
    ),
  ];
  return wrong.length > 0 ? { wrong } : { profile: changed };
}
