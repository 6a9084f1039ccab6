import { shown, type Problem } from "../validation/index.ts";

/** One key of Cloud CDN's own signatures, by its name. */
export interface CdnSigningKey {
  /**
   * 1 to 20 characters of a-z, 0-9 and -, the first a letter. Every URL that it signs carries it, so it never changes;
   * use a name that no key had before.
   */
  readonly name: string;
}

/**
 * Keys for signed URLs and cookies. A key is valid from the update that adds it to the update that removes it. To
 * rotate, make three updates: add a second key; make it active; remove the old key once its longest-lived signature has
 * expired. Step by step: docs/runbooks/cdn-key-rotation.md.
 */
export interface CdnSignedRequests {
  /** Keys that the CDN takes, 1 to 3. @default [{ name: "a" }] */
  readonly keys?: CdnSigningKey[];
  /** Name of the key to sign with. Only this key is protected from deletion. @default the first */
  readonly activeKey?: string;
}

/** The most keys of a backend. Source: https://docs.cloud.google.com/cdn/docs/using-signed-urls */
export const MAX_CDN_KEYS = 3;

const KEY_NAME = /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

/** The declared keys with their defaults, and which of them signs. */
export interface CdnKeyPlan {
  readonly names: readonly string[];
  /** Undefined where there is no key. */
  readonly active: string | undefined;
}

/** Fills in defaults: one key, `a`; the first signs. */
export function planCdnKeys({ keys, activeKey }: CdnSignedRequests): CdnKeyPlan {
  const names = (keys ?? [{ name: "a" }]).map(({ name }) => name);
  return { names, active: activeKey ?? names[0] };
}

/** Problems of a plan; paths begin with `signedRequests`. */
export function cdnKeyProblems({ names, active }: CdnKeyPlan): Problem[] {
  const found: Problem[] = [];
  if (names.length < 1 || names.length > MAX_CDN_KEYS) {
    found.push({
      path: "signedRequests.keys",
      given: `${names.length} keys`,
      allowed: `1 to ${MAX_CDN_KEYS} keys`,
      because: `a backend has at most ${MAX_CDN_KEYS} keys, and signatures need one.`,
      fix: names.length === 0 ? 'declare one: [{ name: "a" }]' : "leave out the keys that no longer sign",
    });
  }
  names.forEach((name, index) => {
    if (KEY_NAME.test(name) && names.indexOf(name) === index) return;
    found.push({
      path: `signedRequests.keys[${index}].name`,
      given: shown(name),
      allowed: "1 to 20 characters of a-z, 0-9 and -, the first a letter, the last no -; each name once",
      fix: 'use short names that say nothing of state or date, such as "a" and "b"',
    });
  });
  if (names.length > 0 && !names.includes(active ?? "")) {
    found.push({
      path: "signedRequests.activeKey",
      given: shown(active),
      allowed: names.map(shown).join(" or "),
      because: "the CDN refuses signatures by a key that its backends do not have.",
      fix: "name a declared key, or declare this one",
    });
  }
  return found;
}
