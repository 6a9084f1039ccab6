/** Languages as inputs name them, mostly by ISO 639-2, and as outputs tell them. */

/** `eng` becomes `en` (BCP 47); what is no language becomes `und`. */
export function languageTag(language: string | undefined): string {
  if (language === undefined || !/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(language)) return "und";
  try {
    return Intl.getCanonicalLocales(language)[0] ?? "und";
  } catch {
    return "und";
  }
}

/** Of ISO 639-2, but names of no language: undetermined, several, none that has a code, nothing spoken. */
const namesOfNone = new Set(["und", "mul", "mis", "zxx"]);

/** The tag of one certain language; undefined where the input names none. */
export function knownLanguage(language: string | undefined): string | undefined {
  const tag = languageTag(language);
  return namesOfNone.has(tag) ? undefined : tag;
}

const displayNames = new Intl.DisplayNames(["en"], { type: "language" });

/** For a player's menu, in English; the tag itself where it has no name. */
export const languageName = (tag: string): string => displayNames.of(tag) ?? tag;

/**
 * ISO 639-2, which is all that MP4 can hold: as the input has it, else the terminological code. `und` for languages
 * without one.
 */
export function languageCode(language: string | undefined): string {
  if (language !== undefined && /^[a-z]{3}$/.test(language)) return language;
  const [primary = "und"] = languageTag(language).split("-");
  return primary.length === 3 ? primary : (codesByTag.get(primary) ?? "und");
}

/** The terminological codes of ISO 639-2 for which BCP 47 has two letters. */
const codes = `
  aar abk afr aka amh ara arg asm ava ave aym aze bak bam bel ben bis bod bos bre bul cat ces cha che chu chv cor cos cre
  cym dan deu div dzo ell eng epo est eus ewe fao fas fij fin fra fry ful gla gle glg glv grn guj hat hau heb her hin hmo
  hrv hun hye ibo ido iii iku ile ina ind ipk isl ita jav jpn kal kan kas kat kau kaz khm kik kin kir kom kon kor kua kur
  lao lat lav lim lin lit ltz lub lug mah mal mar mkd mlg mlt mon mri msa mya nau nav nbl nde ndo nep nld nno nob nor nya
  oci oji ori orm oss pan pli pol por pus que roh ron run rus sag san sin slk slv sme smo sna snd som sot spa sqi srd srp
  ssw sun swa swe tah tam tat tel tgk tha tir ton tsn tso tuk tur uig ukr urd uzb ven vie vol wln wol xho yid yor
  zha zho zul`;
const codesByTag = new Map(
  codes
    .trim()
    .split(/\s+/)
    .map((code) => [languageTag(code), code] as const),
);
