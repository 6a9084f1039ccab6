import { languageCode, languageName, languageTag } from "../media/language.ts";
import type { MediaInfo } from "../media/media-info.ts";

/** A text track of the input as it is handed out. */
export interface Caption {
  /** ffmpeg's stream index within the input. */
  readonly index: number;
  /** Stem of its files: `en`, `en-2`. */
  readonly name: string;
  /** BCP 47, `und` where the input names none. */
  readonly language: string;
  /** ISO 639-2, for the progressive file. */
  readonly languageCode: string;
  /** For the player's menu. */
  readonly label: string;
}

/** Folder of the captions below the outputs. */
export const captionsDirectory = "captions";
export const captionFile = ({ name }: Pick<Caption, "name">): string => `${captionsDirectory}/${name}.vtt`;
export const captionPlaylistFile = ({ name }: Pick<Caption, "name">): string =>
  `${captionsDirectory}/${name}.m3u8`;

/** No film needs more, and each is a pass over the input's packets. */
const mostCaptions = 32;

/** The input's text tracks with names that tell them apart. */
export function captionsOf(media: MediaInfo): readonly Caption[] {
  const used = new Map<string, number>();
  return media.captions.slice(0, mostCaptions).map(({ index, language }) => {
    const tag = languageTag(language);
    const count = (used.get(tag) ?? 0) + 1;
    used.set(tag, count);
    const spoken = tag === "und" ? "Captions" : languageName(tag);
    return {
      index,
      name: count === 1 ? tag : `${tag}-${count}`,
      language: tag,
      languageCode: languageCode(language),
      label: count === 1 ? spoken : `${spoken} ${count}`,
    };
  });
}

/** HLS plays captions by a playlist: here one segment that lasts as long as the film. */
export function captionPlaylist(caption: Caption, seconds: number): string {
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${Math.max(1, Math.ceil(seconds))}`,
    "#EXT-X-PLAYLIST-TYPE:VOD",
    `#EXTINF:${seconds.toFixed(3)},`,
    `${caption.name}.vtt`,
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");
}
