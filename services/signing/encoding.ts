/**
 * Percent-encodes everything except `A-Z a-z 0-9 - _ . ~`, in upper-case hex.
 * @throws URIError for a lone surrogate, which has no UTF-8 form
 * @see https://docs.cloud.google.com/storage/docs/authentication/canonical-requests
 */
export function encodeComponent(text: string): string {
  // encodeURIComponent leaves these five alone, as older URI grammars did.
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Like `encodeComponent`, but slashes stay, leading and doubled ones too. */
export function encodePath(text: string): string {
  return encodeComponent(text).replaceAll("%2F", "/");
}

/**
 * Orders ASCII text by code point. The signature schemes define the order of bytes; a locale's order differs from
 * machine to machine.
 */
export function byCodePoint(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
