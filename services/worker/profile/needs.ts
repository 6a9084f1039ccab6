import { toneMappers } from "../media/high-dynamic-range.ts";
import { isWide } from "../media/colours.ts";
import type { MediaInfo } from "../media/media-info.ts";
import { problems } from "../problems.ts";
import type { Problem } from "../problems.ts";
import type { Capabilities } from "./capabilities.ts";
import { decoderOf } from "./encoders.ts";
import type { VideoCodec } from "./encoders.ts";
import type { Profile } from "./schema.ts";

/** Parts of ffmpeg by name, as its own lists have them. */
export interface Needs {
  readonly encoders: readonly string[];
  readonly filters: readonly string[];
  readonly muxers: readonly string[];
  /** Codecs, by ffprobe's names. */
  readonly decoders: readonly string[];
}

/** What a profile needs of ffmpeg, whatever the input is, beside one of its video encoders. Pure. */
export function needsOf(profile: Profile): Needs {
  const { poster, captions, storyboard, vmaf, video } = profile;
  const isReadAgain = poster || storyboard.enabled || vmaf.enabled;
  return {
    encoders: [
      "aac",
      ...(captions ? ["webvtt", "mov_text"] : []),
      ...(poster || storyboard.enabled ? ["mjpeg"] : []),
    ],
    filters: [
      ...["fps", "tpad", "split", "scale", "setsar", "setparams", "format"],
      ...["anullsrc", "atrim", "aformat", "asetpts", "concat", "aresample", "asplit", "alimiter"],
      ...["join", "pan"],
      ...(poster ? ["thumbnail"] : []),
      ...(storyboard.enabled ? ["select", "setpts", "tile"] : []),
      ...(vmaf.enabled ? ["setpts", "libvmaf"] : []),
    ],
    muxers: [
      ...["hls", "mp4"],
      ...(captions ? ["webvtt"] : []),
      ...(poster ? ["mjpeg"] : []),
      ...(storyboard.enabled ? ["image2"] : []),
      ...(vmaf.enabled ? ["null"] : []),
    ],
    // Pictures and comparisons are made of what was encoded.
    decoders: isReadAgain ? [video.codec] : [],
  };
}

/** What an input needs beside that. Pure. */
export function needsOfInput({ video, audio }: MediaInfo): Needs {
  return {
    ...{ encoders: [], muxers: [] },
    filters: [
      ...(video === undefined || video.fields === "none" ? [] : ["yadif", "setfield"]),
      ...(video?.hdr ? toneMappers : video && isWide(video.colours) ? ["colorspace"] : []),
    ],
    decoders: [video, audio].flatMap((stream) => (stream ? [stream.codec] : [])),
  };
}

/** Those needs that an ffmpeg does not meet, each said in two or three words. */
export function lacking(needs: Needs, { names, decodes }: Capabilities): readonly string[] {
  const absent = (kind: "encoders" | "filters" | "muxers"): readonly string[] =>
    needs[kind].filter((name) => !names[kind].has(name)).map((name) => `${kind.slice(0, -1)} ${name}`);
  const undecoded = needs.decoders.filter((codec) => !decodes.has(codec));
  return [
    ...new Set([...absent("encoders"), ...absent("filters"), ...absent("muxers")]),
    ...undecoded.map((codec) => `decoder of ${codec}${decoderOf(codec)}`),
  ];
}

/** Why this ffmpeg cannot encode an input: found before anything of it is. */
export function whyNotEncodable(media: MediaInfo, capabilities: Capabilities): Problem | undefined {
  const missing = lacking(needsOfInput(media), capabilities);
  if (missing.length === 0) return undefined;
  const because = media.video?.hdr ? "its picture is HDR, and " : "";
  return problems.inputUnsupported(`${because}this worker's ffmpeg lacks the ${missing.join(" and the ")}`);
}

/** What a worker says when it starts: the profiles, and the kinds of input, that its ffmpeg is not enough for. */
export function shortcomings(
  profiles: Iterable<Profile>,
  capabilities: Capabilities,
): readonly { readonly refused: string; readonly missing: readonly string[] }[] {
  const { names } = capabilities;
  const ofProfiles = [...profiles].map((profile) => {
    const encoders = profile.video.encoders.map(({ name }) => name);
    const none = encoders.some((name) => names.encoders.has(name))
      ? []
      : [`encoder ${encoders.join(" or ")}`];
    return {
      refused: `profile ${profile.name}`,
      missing: [...lacking(needsOf(profile), capabilities), ...none],
    };
  });
  const nothing: Needs = { encoders: [], filters: [], muxers: [], decoders: [] };
  const codecs: readonly VideoCodec[] = ["h264", "hevc", "av1"];
  const ofInputs = [
    ...codecs.map((codec) => ({ refused: `inputs in ${codec}`, needs: { ...nothing, decoders: [codec] } })),
    { refused: "interlaced inputs", needs: { ...nothing, filters: ["yadif"] } },
    { refused: "inputs in HDR", needs: { ...nothing, filters: toneMappers } },
    { refused: "overrides.vmaf", needs: { ...nothing, filters: ["libvmaf"] } },
  ].map(({ refused, needs }) => ({ refused, missing: lacking(needs, capabilities) }));
  return [...ofProfiles, ...ofInputs].filter(({ missing }) => missing.length > 0);
}
