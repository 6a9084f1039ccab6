import { z } from "zod";
import { audioLanguages, monoTracks } from "../../protocol/index.ts";
import { encoderFacts, videoCodecs, videoEncoders } from "./encoders.ts";

const whole = (min: number, max: number, unit = "") => {
  const message = `must be a whole number from ${min} to ${max}${unit}`;
  return z.int({ error: message }).min(min, message).max(max, message);
};
const whether = z.boolean({ error: "must be true or false" });
/** Names become folders of the outputs. */
const name = (pattern: RegExp, what: string) =>
  z.string({ error: `must be ${what}` }).regex(pattern, `must be ${what}`);

const videoRendition = z.strictObject({
  /** Its folder. */
  name: name(
    /^(?!audio|source$)[a-z0-9][a-z0-9-]{0,30}$/,
    'a-z, 0-9 and -, up to 31, and neither "source" nor "audio…"',
  ),
  /** The box that the picture is fitted into, whichever way it stands, in pixels. */
  longEdge: whole(16, 8192, " pixels"),
  shortEdge: whole(16, 8192, " pixels"),
  /** Ceiling of the bit rate up to 30 frames a second, in kbit/s; below it the quality is constant. */
  maxKilobits: whole(50, 100_000, " kbit/s"),
  /** The audio rendition that is played with it in HLS. @default the first */
  audio: z.string().optional(),
});

const encoder = z.strictObject({
  name: z.enum(videoEncoders, { error: `must be one of ${videoEncoders.join(", ")}` }),
  preset: z.coerce.string(),
  /** Constant rate factor: lower is better and larger. */
  crf: whole(0, 63),
});

const audioRendition = z.strictObject({
  name: name(/^audio[a-z0-9-]{0,26}$/, 'a name that begins with "audio", of a-z, 0-9 and -'),
  kilobits: whole(24, 512, " kbit/s"),
  channels: z.union([z.literal(1), z.literal(2), z.literal(6)], { error: "must be 1, 2 or 6" }).default(2),
});

const audioLanguagesSchema = z
  .enum(audioLanguages, { error: `must be one of ${audioLanguages.join(", ")}` })
  .default("all");

/** How a film is encoded and packaged: the whole of a file in a directory of profiles. */
export const profileSchema = z
  .strictObject({
    name: name(/^[a-z0-9][a-z0-9-]{0,62}$/, "1 to 63 characters of a-z, 0-9 and -"),
    description: z.string({ error: "must be a sentence for people" }).min(1).max(300),
    video: z.strictObject({
      codec: z.enum(videoCodecs, { error: `must be one of ${videoCodecs.join(", ")}` }),
      /** In order of preference: the first that the worker's ffmpeg has is taken. */
      encoders: z.array(encoder).min(1, "must name at least one encoder"),
      /** From the largest to the smallest. */
      renditions: z.array(videoRendition).min(1, "must hold at least one rendition").max(10),
    }),
    audio: z.strictObject({
      /** Every language of the input that is known, or the main stream alone. */
      languages: audioLanguagesSchema,
      /** Whether a left and a right mono track become stereo. */
      monoTracks: z.enum(monoTracks, { error: `must be one of ${monoTracks.join(", ")}` }).default("pairs"),
      /** The best first; the first goes into the progressive file. */
      renditions: z.array(audioRendition).min(1, "must hold at least one rendition").max(4),
    }),
    packaging: z.strictObject({
      segmentSeconds: whole(1, 10, " seconds").default(4),
      hls: whether.default(true),
      /** A DASH manifest of the same segments. */
      dash: whether.default(false),
      /** One MP4 of the best rendition. */
      progressive: whether.default(true),
    }),
    /** The input's text captions, as WebVTT and inside the progressive file. */
    captions: whether.default(false),
    poster: whether.default(true),
    storyboard: z
      .strictObject({
        enabled: whether.default(true),
        everySeconds: whole(1, 600, " seconds").default(10),
        tileWidth: whole(32, 640, " pixels").default(160),
        columns: whole(1, 20).default(5),
        rows: whole(1, 20).default(5),
      })
      .prefault({ enabled: false }),
    vmaf: z
      .strictObject({ enabled: whether.default(true), everyNthFrame: whole(1, 100).default(5) })
      .prefault({ enabled: false }),
    limits: z
      .strictObject({
        /** Seconds of work per second of media after which an encode is stopped; never sooner than 15 minutes. */
        secondsPerMediaSecond: whole(1, 1000).default(60),
      })
      .prefault({}),
  })
  .superRefine((profile, context) => {
    const wrong = (path: (string | number)[], message: string) => {
      context.addIssue({ code: "custom", path, message });
    };
    const { video, audio, packaging } = profile;
    if (!packaging.hls && !packaging.dash && !packaging.progressive)
      wrong(["packaging"], "must make at least one of hls, dash and progressive");
    video.encoders.forEach(({ name: encoderName, preset, crf }, index) => {
      const { codec, presets, highestCrf } = encoderFacts[encoderName];
      const at = ["video", "encoders", index];
      if (codec !== video.codec) wrong([...at, "name"], `makes ${codec}; video.codec is ${video.codec}`);
      if (!presets.includes(preset)) wrong([...at, "preset"], `must be one of ${presets.join(", ")}`);
      if (crf > highestCrf) wrong([...at, "crf"], `must be at most ${highestCrf} for ${encoderName}`);
    });
    video.renditions.forEach((rendition, index) => {
      const at = ["video", "renditions", index];
      const above = video.renditions[index - 1];
      if (rendition.longEdge < rendition.shortEdge)
        wrong([...at, "longEdge"], "must not be less than shortEdge");
      if (above && rendition.longEdge * rendition.shortEdge >= above.longEdge * above.shortEdge)
        wrong(at, "must be smaller than the rendition before it");
      if (
        rendition.audio !== undefined &&
        !audio.renditions.some(({ name: known }) => known === rendition.audio)
      )
        wrong(
          [...at, "audio"],
          `must name an audio rendition: ${audio.renditions.map((one) => one.name).join(", ")}`,
        );
    });
    for (const kind of ["video", "audio"] as const) {
      const names = profile[kind].renditions.map((rendition) => rendition.name);
      const twice = names.find((one, index) => names.indexOf(one) !== index);
      if (twice !== undefined) wrong([kind, "renditions"], `names ${JSON.stringify(twice)} twice`);
    }
  });
export type Profile = z.infer<typeof profileSchema>;
export type Rung = Profile["video"]["renditions"][number];
export type AudioRendition = Profile["audio"]["renditions"][number];
