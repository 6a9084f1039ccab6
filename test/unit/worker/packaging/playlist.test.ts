import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bitRate,
  masterPlaylist,
  parseMediaPlaylist,
} from "../../../../services/worker/packaging/playlist.ts";
import type { AudioGroup, AudioVariant } from "../../../../services/worker/packaging/playlist.ts";

/** Any text but lone surrogates; quicker than fast-check's own binary strings. */
const anyText = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0, max: 0x7f })), { maxLength })
    .map((codes) => String.fromCodePoint(...codes));

const mediaPlaylist = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MAP:URI="init.mp4"
#EXTINF:4.000000,
segment-00000.m4s
#EXTINF:1.280000,
segment-00001.m4s
#EXT-X-ENDLIST
`;

describe("a media playlist", () => {
  it("gives the segments and their sum", () => {
    const { segments, seconds } = parseMediaPlaylist(mediaPlaylist);
    expect(segments).toEqual([
      { name: "segment-00000.m4s", seconds: 4 },
      { name: "segment-00001.m4s", seconds: 1.28 },
    ]);
    expect(seconds).toBeCloseTo(5.28, 6);
  });

  it("may be empty", () => {
    expect(parseMediaPlaylist("")).toEqual({ segments: [], seconds: 0 });
  });

  it("never makes the reader throw", () => {
    fc.assert(
      fc.property(anyText(200), (text) => {
        expect(() => parseMediaPlaylist(text)).not.toThrow();
      }),
    );
  });
});

describe("the bit rate of a rendition", () => {
  it("is the average over all and the peak of the worst segment", () => {
    const segments = [
      { seconds: 4, bytes: 500_000 },
      { seconds: 4, bytes: 1_000_000 },
    ];
    expect(bitRate(segments)).toEqual({ average: 1_500_000, peak: 2_000_000 });
  });

  it("does not take a last segment of a single frame for the peak", () => {
    const segments = [
      { seconds: 4, bytes: 500_000 },
      { seconds: 0.04, bytes: 50_000 },
    ];
    expect(bitRate(segments).peak).toBeLessThan(1_100_000);
  });

  it("is told of as many segments as a long film has", () => {
    const segments = Array.from({ length: 300_000 }, () => ({ seconds: 4, bytes: 500_000 }));
    expect(bitRate(segments)).toEqual({ average: 1_000_000, peak: 1_000_000 });
  });

  it("of nothing is 0", () => {
    expect(bitRate([])).toEqual({ average: 0, peak: 0 });
  });
});

const picture = (width: number, height: number) => ({ width, height, framesPerSecond: 30_000 / 1001 });
const variant = (name: string, peak: number, size: ReturnType<typeof picture>) => ({
  uri: `${name}/playlist.m3u8`,
  codec: "avc1.64001f",
  rate: { average: peak / 2, peak },
  picture: size,
});
const spoken = (folder: string, bits: number, label = "Audio", language?: string): AudioVariant => ({
  ...{ uri: `${folder}/playlist.m3u8`, codec: "mp4a.40.2", channels: 2, label },
  rate: { average: bits, peak: bits + 30_000 },
  ...(language !== undefined && { language }),
});
const audio = (name: string, bits: number): AudioGroup => ({ name, members: [spoken(name, bits)] });
const sound = audio("audio", 100_000);
const inTwo: AudioGroup = {
  name: "audio",
  members: [spoken("audio", 100_000, "English", "en"), spoken("audio-fr", 120_000, "French", "fr")],
};

describe("the master playlist", () => {
  it("names each rendition with its rates, codecs, size and frame rate, and the audio as a group", () => {
    const text = masterPlaylist(
      [
        { ...variant("720p", 2_000_000, picture(1280, 720)), audio: sound },
        { ...variant("360p", 600_000, picture(640, 360)), audio: sound },
      ],
      [sound],
    );
    expect(text).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2130000,AVERAGE-BANDWIDTH=1100000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="audio"
720p/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=730000,AVERAGE-BANDWIDTH=400000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=29.970,AUDIO="audio"
360p/playlist.m3u8
`);
  });

  it("of a silent film names no audio", () => {
    const text = masterPlaylist([variant("360p", 600_000, picture(640, 360))], []);
    expect(text).not.toMatch(/AUDIO|mp4a/);
  });

  it("of sound alone has the audio as its only variant", () => {
    expect(masterPlaylist([], [sound])).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=100000,CODECS="mp4a.40.2"
audio/playlist.m3u8
`);
  });

  it("offers every language of a group, begins with the main one, and counts the highest rate", () => {
    const text = masterPlaylist([{ ...variant("360p", 600_000, picture(640, 360)), audio: inTwo }], [inTwo]);
    expect(text).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",DEFAULT=YES,AUTOSELECT=YES,LANGUAGE="en",CHANNELS="2",URI="audio/playlist.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="French",DEFAULT=NO,AUTOSELECT=YES,LANGUAGE="fr",CHANNELS="2",URI="audio-fr/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=750000,AVERAGE-BANDWIDTH=420000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=29.970,AUDIO="audio"
360p/playlist.m3u8
`);
  });

  it("of sound alone in two languages has the main one as its variant, and both in a group", () => {
    expect(masterPlaylist([], [inTwo])).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",DEFAULT=YES,AUTOSELECT=YES,LANGUAGE="en",CHANNELS="2",URI="audio/playlist.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="French",DEFAULT=NO,AUTOSELECT=YES,LANGUAGE="fr",CHANNELS="2",URI="audio-fr/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=150000,AVERAGE-BANDWIDTH=120000,CODECS="mp4a.40.2",AUDIO="audio"
audio/playlist.m3u8
`);
  });

  it("pairs each rendition with its audio, and counts that audio's rate", () => {
    const [good, small] = [audio("audio-128k", 130_000), audio("audio-64k", 66_000)];
    const lines = masterPlaylist(
      [
        { ...variant("720p", 2_000_000, picture(1280, 720)), audio: good },
        { ...variant("240p", 300_000, picture(426, 240)), audio: small },
      ],
      [good, small],
    ).split("\n");
    expect(
      lines.filter((line) => line.includes("TYPE=AUDIO")).map((line) => /GROUP-ID="([^"]+)"/.exec(line)?.[1]),
    ).toEqual(["audio-128k", "audio-64k"]);
    expect(lines.find((line) => line.includes("426x240"))).toMatch(/BANDWIDTH=396000,.*AUDIO="audio-64k"$/);
  });

  it("offers captions to every variant, whatever their label holds", () => {
    const text = masterPlaylist(
      [variant("360p", 600_000, picture(640, 360))],
      [],
      [{ uri: "../captions/en.m3u8", language: "en", label: 'Eng"lish\n' }],
    );
    expect(text).toContain(
      'TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",DEFAULT=NO,AUTOSELECT=YES,LANGUAGE="en",URI="../captions/en.m3u8"',
    );
    expect(text).toMatch(/FRAME-RATE=29\.970,SUBTITLES="captions"/);
  });
});
