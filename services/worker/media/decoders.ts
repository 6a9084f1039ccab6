/**
 * Decoders that an input may be opened with, by ffmpeg's names (`-codec_whitelist`): what cameras, editing systems,
 * broadcasters and the web make. ffmpeg has five hundred, most of them for formats of games and of the nineties, and each
 * is code that a hostile file can reach. A build passes over the names of those that it lacks. Several names are one
 * codec's, by different libraries; those of special hardware are not used. docs/encoding.md lists the codecs.
 *
 * Source: https://ffmpeg.org/general.html#Supported-File-Formats_002c-Codecs-or-Features, https://ffmpeg.org/ffmpeg-formats.html#Format-Options
 */
export const decoders = {
  /** Delivered and streamed. */
  video: [
    ...["h264", "hevc", "vvc", "libvvdec", "av1", "libdav1d", "libaom-av1", "libgav1"],
    ...["vp8", "libvpx", "vp9", "libvpx-vp9", "mpeg1video", "mpeg2video", "mpegvideo", "mpeg4"],
    ...[
      "h263",
      "h263p",
      "flv",
      "vp6",
      "vp6f",
      "msmpeg4",
      "msmpeg4v2",
      "wmv1",
      "wmv2",
      "wmv3",
      "vc1",
      "theora",
    ],
  ],
  /** Edited and archived. */
  mezzanine: [
    ...[
      "prores",
      "prores_raw",
      "dnxhd",
      "cfhd",
      "hap",
      "dvvideo",
      "mjpeg",
      "jpeg2000",
      "libopenjpeg",
      "jpegxs",
    ],
    ...["ffv1", "ffvhuff", "huffyuv", "utvideo", "magicyuv", "qtrle", "rawvideo"],
    ...["v210", "v308", "v408", "v410", "r10k", "r210", "libsvtjpegxs"],
  ],
  audio: [
    ...[
      "aac",
      "aac_fixed",
      "aac_latm",
      "libfdk_aac",
      "ac3",
      "ac3_fixed",
      "eac3",
      "dolby_e",
      "truehd",
      "mlp",
      "dca",
    ],
    ...["mp1", "mp1float", "mp2", "mp2float", "mp3", "mp3float", "alac", "flac", "wavpack"],
    ...["vorbis", "libvorbis", "opus", "libopus", "speex", "libspeex", "amrnb", "amrwb"],
    ...["libopencore_amrnb", "libopencore_amrwb", "wmav1", "wmav2", "wmapro", "wmalossless", "s302m"],
    ...["adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "adpcm_swf", "nellymoser"],
  ],
  /** Sound as it is. */
  pcm: [
    ...["pcm_alaw", "pcm_mulaw", "pcm_bluray", "pcm_dvd", "pcm_s8", "pcm_u8"],
    ...["s16", "s24", "s32", "s64", "u16", "u24", "u32", "f32", "f64"].flatMap((sample) => [
      `pcm_${sample}be`,
      `pcm_${sample}le`,
    ]),
    ...["pcm_s8_planar", "pcm_s16be_planar", "pcm_s16le_planar", "pcm_s24le_planar", "pcm_s32le_planar"],
  ],
  /** Text, which is kept, and pictures, which are left behind. */
  captions: [
    ...["subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text"],
    ...["dvbsub", "dvdsub", "pgssub", "xsub", "cc_dec", "libzvbi_teletextdec"],
  ],
  /** Cover art and thumbnails, which are left behind. */
  stills: ["png", "bmp", "gif", "tiff", "webp"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** As ffmpeg's option takes them. */
export const decoderList: string = Object.values(decoders).flat().join(",");
