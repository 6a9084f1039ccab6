/** How the light of an HDR picture is written: the names are ffmpeg's. */
export interface HighDynamicRange {
  /** PQ or HLG. */
  readonly transfer: "smpte2084" | "arib-std-b67";
  /** @default as BT.2100 has them */
  readonly primaries: string;
  readonly matrix: string;
}

const knownPrimaries = new Set(["bt709", "bt2020", "smpte432"]);
const knownMatrices = new Set(["bt709", "bt2020nc"]);

/**
 * What ffprobe says of a stream's colours; undefined for SDR. What a header leaves out is as BT.2100 has it: a filter that
 * is told nothing refuses to convert.
 */
export function hdrOf({
  color_transfer,
  color_primaries = "",
  color_space = "",
}: {
  readonly color_transfer?: string | undefined;
  readonly color_primaries?: string | undefined;
  readonly color_space?: string | undefined;
}): HighDynamicRange | undefined {
  if (color_transfer !== "smpte2084" && color_transfer !== "arib-std-b67") return undefined;
  return {
    transfer: color_transfer,
    primaries: knownPrimaries.has(color_primaries) ? color_primaries : "bt2020",
    matrix: knownMatrices.has(color_space) ? color_space : "bt2020nc",
  };
}

/** Filters of {@link toneMapping} that an ffmpeg may have been built without. */
export const toneMappers = ["zscale", "tonemap"] as const;

/**
 * From HDR to SDR: by linear light, at the size of the largest rendition, since every pixel costs. Hable's curve keeps
 * detail in shadows and highlights.
 *
 * Source: https://ffmpeg.org/ffmpeg-filters.html#tonemap-1
 */
export function toneMapping(
  { transfer, primaries, matrix }: HighDynamicRange,
  { width, height }: { readonly width: number; readonly height: number },
): readonly string[] {
  const from = `transferin=${transfer}:primariesin=${primaries}:matrixin=${matrix}`;
  return [
    `zscale=width=${width}:height=${height}:filter=bicubic:${from}:transfer=linear:npl=100`,
    "format=gbrpf32le",
    "zscale=primaries=bt709",
    "tonemap=tonemap=hable:desat=0",
    "zscale=transfer=bt709:matrix=bt709:range=limited",
    "format=yuv420p",
  ];
}
