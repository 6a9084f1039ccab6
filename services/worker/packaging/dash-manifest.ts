/** A DASH representation: a folder of segments next to the manifest. */
export interface DashRepresentation {
  /** Name of its folder. */
  readonly id: string;
  readonly codec: string;
  /** Peak bits per second, of its largest segment. */
  readonly bandwidth: number;
  /** Units per second of the times. */
  readonly timescale: number;
  /** When each segment begins, in those units. */
  readonly starts: readonly number[];
  /** How long the last segment is. */
  readonly lastDuration: number;
  readonly picture?: { readonly width: number; readonly height: number; readonly frameRate: string };
  readonly channels?: number;
}

/** The sound in one language, at every rate. */
export interface DashAudio {
  /** BCP 47; undefined if not known. */
  readonly language: string | undefined;
  readonly representations: readonly DashRepresentation[];
}

export interface DashCaptions {
  readonly id: string;
  /** BCP 47. */
  readonly language: string;
  /** Relative to the manifest. */
  readonly uri: string;
}

export interface DashPresentation {
  readonly seconds: number;
  readonly segmentSeconds: number;
  readonly video: readonly DashRepresentation[];
  /** The main sound first. */
  readonly audio: readonly DashAudio[];
  readonly captions: readonly DashCaptions[];
}

/** File names within a representation's folder, as the segmenter numbers them. */
const template =
  'initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/segment-$Number%05d$.m4s" startNumber="0"';

/**
 * The manifest of a finished presentation (ISO/IEC 23009-1, live profile): the same segments as HLS plays. Segments
 * are listed by their real times, which no rounding of durations can shift.
 */
export function dashManifest(presentation: DashPresentation): string {
  const { seconds, segmentSeconds, video, audio, captions } = presentation;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static"',
    `     mediaPresentationDuration="PT${seconds.toFixed(3)}S" minBufferTime="PT${segmentSeconds}S">`,
    '  <Period id="0" start="PT0S">',
    ...(video.length > 0 ? adaptationSet(0, "video", video) : []),
    ...audio.flatMap(({ language, representations }, index) =>
      // Roles distinguish several languages; a single one needs none.
      adaptationSet(index + 1, "audio", representations, {
        language,
        role: audio.length === 1 ? undefined : index === 0 ? "main" : "dub",
      }),
    ),
    ...captions.flatMap(({ id, language, uri }, index) => [
      `    <AdaptationSet id="${index + 1 + Math.max(1, audio.length)}" contentType="text" mimeType="text/vtt" lang="${escaped(language)}">`,
      role("subtitle"),
      `      <Representation id="${escaped(id)}" bandwidth="1000"><BaseURL>${escaped(uri)}</BaseURL></Representation>`,
      "    </AdaptationSet>",
    ]),
    "  </Period>",
    "</MPD>",
    "",
  ].join("\n");
}

function adaptationSet(
  id: number,
  kind: "video" | "audio",
  representations: readonly DashRepresentation[],
  told: { readonly language?: string | undefined; readonly role?: "main" | "dub" | undefined } = {},
): readonly string[] {
  const lang = told.language === undefined ? "" : ` lang="${escaped(told.language)}"`;
  return [
    `    <AdaptationSet id="${id}" contentType="${kind}" mimeType="${kind}/mp4"${lang} segmentAlignment="true" startWithSAP="1">`,
    ...(told.role === undefined ? [] : [role(told.role)]),
    ...representations.flatMap(representation),
    "    </AdaptationSet>",
  ];
}

const role = (value: "main" | "dub" | "subtitle"): string =>
  `      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="${value}"/>`;

function representation(one: DashRepresentation): readonly string[] {
  const { id, codec, bandwidth, timescale, starts, picture, channels } = one;
  const shape = picture
    ? ` width="${picture.width}" height="${picture.height}" frameRate="${picture.frameRate}" sar="1:1"`
    : "";
  const offset = starts[0] === undefined || starts[0] === 0 ? "" : ` presentationTimeOffset="${starts[0]}"`;
  return [
    `      <Representation id="${id}" codecs="${codec}" bandwidth="${bandwidth}"${shape}>`,
    ...(channels === undefined
      ? []
      : [
          `        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="${channels}"/>`,
        ]),
    `        <SegmentTemplate timescale="${timescale}" ${template}${offset}>`,
    "          <SegmentTimeline>",
    ...timeline(starts, one.lastDuration).map((line) => `            ${line}`),
    "          </SegmentTimeline>",
    "        </SegmentTemplate>",
    "      </Representation>",
  ];
}

/** `S` elements; equal durations in a row become one with a repeat count. */
function timeline(starts: readonly number[], lastDuration: number): readonly string[] {
  const runs: { start: number; duration: number; repeats: number }[] = [];
  starts.forEach((start, index) => {
    const duration = (starts[index + 1] ?? start + lastDuration) - start;
    const last = runs.at(-1);
    if (last?.duration === duration) last.repeats += 1;
    else runs.push({ start, duration, repeats: 0 });
  });
  return runs.map(
    ({ start, duration, repeats }) =>
      `<S t="${start}" d="${duration}"${repeats > 0 ? ` r="${repeats}"` : ""}/>`,
  );
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0) ?? 32};`);
