/** How the numbers of a picture stand for colours: the names are ffmpeg's. */
export interface Colours {
  readonly matrix: string;
  readonly primaries: string;
  readonly transfer: string;
  /** `tv` for 16 to 235, `pc` for 0 to 255. */
  readonly range: "tv" | "pc";
}

/** What is known of a source's colours: what its header says, and for what it leaves out what players take it for. */
export interface SourceColours extends Colours {
  /** Whether its pixels are red, green and blue, which have no matrix. */
  readonly isRgb: boolean;
}

/** BT.709, as every HD picture has it. */
export const bt709: Colours = { matrix: "bt709", primaries: "bt709", transfer: "bt709", range: "tv" };

const unknown = new Set(["", "unknown", "reserved", "unspecified"]);
const rgbFormat = /^(?:0?[ax]?(?:rgb|bgr)|(?:rgb|bgr)[ax0]|gbra?p|x2(?:rgb|bgr)|pal8|bayer|xyz)/;

/**
 * What ffprobe says of a stream's colours. What a header leaves out depends on the picture's size, by the rule of mpv,
 * which other players follow with small differences: BT.601 up to 576 lines and below 1280 columns, else BT.709.
 *
 * Source: https://mpv.io/manual/stable/#video-filters-colormatrix (`auto`), and `mp_csp_guess_colorspace` and
 * `mp_csp_guess_primaries` of mpv's video/csputils.c
 *
 * @param stream width and height as coded, in pixels
 */
export function coloursOf(stream: {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly pix_fmt?: string | undefined;
  readonly color_range?: string | undefined;
  readonly color_space?: string | undefined;
  readonly color_primaries?: string | undefined;
  readonly color_transfer?: string | undefined;
}): SourceColours {
  const { width = 0, height = 0, pix_fmt = "" } = stream;
  const told = (value: string | undefined): string | undefined =>
    value === undefined || unknown.has(value) || !/^[a-z0-9_-]{1,30}$/.test(value) ? undefined : value;
  const isHd = width >= 1280 || height > 576;
  const isRgb = rgbFormat.test(pix_fmt) || stream.color_space === "gbr";
  const primaries = told(stream.color_primaries) ?? (isHd || isRgb ? "bt709" : primariesOf(height));
  return {
    matrix: (isRgb ? undefined : told(stream.color_space)) ?? (isHd || isRgb ? "bt709" : "smpte170m"),
    primaries,
    transfer: told(stream.color_transfer) ?? "bt709",
    range: stream.color_range === "pc" || pix_fmt.startsWith("yuvj") ? "pc" : "tv",
    isRgb,
  };
}

/** Of standard definition: 625 lines, 525 lines, or a size that no television had. */
const primariesOf = (height: number): string =>
  height === 576 ? "bt470bg" : height === 480 || height === 488 || height === 486 ? "smpte170m" : "bt709";

/** Matrices, primaries and curves that every player of H.264 knows; pictures that have them are not converted. */
const kept = {
  matrices: new Set(["bt709", "smpte170m", "bt470bg"]),
  primaries: new Set(["bt709", "smpte170m", "bt470bg", "bt470m"]),
  transfers: new Set(["bt709", "smpte170m", "iec61966-2-1", "bt470m", "bt470bg"]),
} as const;

/** Primaries far from television's, of which a player that passes them over shows pale colours. */
const wide = new Set(["bt2020", "smpte431", "smpte432"]);
export const isWide = ({ primaries }: Colours): boolean => wide.has(primaries);

/** What an SDR source is encoded as: what it is, where every player knows that, else BT.709; always of limited range. */
export function encodedColours(source: Colours): Colours {
  if (isWide(source)) return bt709;
  return {
    matrix: kept.matrices.has(source.matrix) ? source.matrix : "bt709",
    // SMPTE 240M has the primaries of SMPTE 170M.
    primaries: kept.primaries.has(source.primaries)
      ? source.primaries
      : source.primaries === "smpte240m"
        ? "smpte170m"
        : "bt709",
    transfer: kept.transfers.has(source.transfer) ? source.transfer : "bt709",
    range: "tv",
  };
}

/** What the filter `scale` calls a matrix; undefined for those that it does not know. */
const scaleMatrices: Readonly<Record<string, string>> = {
  ...{ bt709: "bt709", smpte170m: "smpte170m", bt470bg: "bt601", fcc: "fcc", smpte240m: "smpte240m" },
  ...{ bt2020nc: "bt2020", bt2020c: "bt2020", bt2020_ncl: "bt2020", bt2020_cl: "bt2020" },
};

/**
 * Options of the filter `scale` for a conversion, whatever frames say and whatever a version of ffmpeg makes of that.
 * Red, green and blue have neither matrix nor range of their own.
 */
export function scaleColours(from: SourceColours | Colours, to: Colours): string {
  const isRgb = "isRgb" in from && from.isRgb;
  return [
    ...(isRgb ? [] : [`in_color_matrix=${scaleMatrices[from.matrix] ?? "bt709"}`, `in_range=${from.range}`]),
    `out_color_matrix=${scaleMatrices[to.matrix] ?? "bt709"}`,
    `out_range=${to.range}`,
  ].join(":");
}

/** Flags of `scale`: of red, green and blue the difference is to be exact, since saturated colours lose most. */
export const scaleFlags = (from: SourceColours): string =>
  from.isRgb ? "bicubic+accurate_rnd+full_chroma_inp" : "bicubic";

/** From primaries that are far from television's to BT.709, by linear light. */
export function wideToBt709(source: SourceColours): readonly string[] {
  const matrix = source.isRgb || kept.matrices.has(source.matrix) ? source.matrix : "bt2020nc";
  const transfer = kept.transfers.has(source.transfer) ? source.transfer : "bt709";
  const range = source.isRgb ? "tv" : source.range;
  return [
    ...(source.isRgb ? [`scale=${scaleColours(source, bt709)}`] : []),
    "format=yuv420p|yuv422p|yuv444p|yuv420p10le|yuv422p10le|yuv444p10le|yuv420p12le|yuv422p12le|yuv444p12le",
    `colorspace=all=bt709:range=tv:ispace=${matrix}:iprimaries=${source.primaries}:itrc=${curve(transfer)}:irange=${range}`,
  ];
}

const curve = (transfer: string): string =>
  transfer === "bt470m" ? "gamma22" : transfer === "bt470bg" ? "gamma28" : transfer;

/** Says so in the frames: the last filter before an encoder. */
export const tagFrames = ({ matrix, primaries, transfer, range }: Colours): string =>
  `setparams=range=${range}:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;

/** Says so in the stream, for encoders that do not look at frames. */
export const tagStream = ({ matrix, primaries, transfer, range }: Colours): readonly string[] => [
  ...["-color_primaries", primaries, "-color_trc", curve(transfer)],
  ...["-colorspace", matrix, "-color_range", range],
];

/** JPEG, by JFIF: BT.601 in full range, whatever the size. https://www.w3.org/Graphics/JPEG/jfif3.pdf */
export const jpegColours: Colours = { ...bt709, matrix: "smpte170m", range: "pc" };
