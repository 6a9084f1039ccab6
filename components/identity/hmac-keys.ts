import { shown, type Problem } from "../validation/index.ts";

/** States that a declared HMAC key can have. A deleted key is one that is no longer declared. */
export const HmacKeyState = {
  /** Signs, and its signatures are accepted. Protected from deletion. */
  ACTIVE: "ACTIVE",
  /** Its signatures are refused, within 3 minutes of the change; it can be deleted. */
  INACTIVE: "INACTIVE",
} as const;
export type HmacKeyState = (typeof HmacKeyState)[keyof typeof HmacKeyState];

/**
 * One HMAC key by its name. Rotation is by overlap, in four deployments: add a second ACTIVE key; make it the active
 * one; when the longest-lived URL of the old key has ended, make the old one INACTIVE; after 3 minutes leave it out.
 *
 * Source: https://docs.cloud.google.com/storage/docs/authentication/managing-hmackeys
 */
export interface BrokerHmacKey {
  /** 1 to 20 characters of a-z, 0-9 and -; becomes part of resource names, so it never changes. */
  readonly name: string;
  /** ACTIVE or INACTIVE. @default "ACTIVE" */
  readonly state?: HmacKeyState;
}

/** The most HMAC keys of one service account. Source: https://docs.cloud.google.com/storage/docs/authentication/hmackeys */
export const MAX_HMAC_KEYS = 10;

const KEY_NAME = /^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

type Key = Required<BrokerHmacKey>;

/** The declared keys with their defaults, and which of them signs. */
export interface HmacKeyPlan {
  readonly keys: readonly Key[];
  /** Name of the key that signs; undefined where none could. */
  readonly signing: string | undefined;
}

/** Fills in defaults: one key, `a`; the first ACTIVE key signs. */
export function planHmacKeys(declared?: readonly BrokerHmacKey[], activeKey?: string): HmacKeyPlan {
  const keys = (declared ?? [{ name: "a" }]).map(({ name, state }) => ({
    name,
    state: state ?? HmacKeyState.ACTIVE,
  }));
  const firstActive = keys.find((key) => key.state === HmacKeyState.ACTIVE);
  const signing = activeKey ?? firstActive?.name;
  return {
    keys,
    signing,
  };
}

/** Problems of a plan. Only a plan without problems may be used. */
export function hmacKeyProblems({ keys, signing }: HmacKeyPlan): Problem[] {
  return [
    ...countProblems(keys),
    ...keys.flatMap(keyProblems),
    ...nameProblems(keys),
    ...activeProblems(keys, signing),
  ];
}

/** Problems of keys that need not sign any more. */
export function retiringKeyProblems({ keys }: HmacKeyPlan): Problem[] {
  return [
    ...(keys.length === 0 ? [] : countProblems(keys)),
    ...keys.flatMap(keyProblems),
    ...nameProblems(keys),
  ];
}

function countProblems(keys: readonly Key[]): Problem[] {
  if (keys.length >= 1 && keys.length <= MAX_HMAC_KEYS) return [];
  return [
    {
      path: "hmacKeys",
      given: `${keys.length} keys`,
      allowed: `1 to ${MAX_HMAC_KEYS} keys`,
      because: `a service account has at most ${MAX_HMAC_KEYS} HMAC keys, and the coordinator signs with one.`,
      fix: keys.length === 0 ? 'declare one: [{ name: "a" }]' : "leave out the INACTIVE keys",
    },
  ];
}

function keyProblems(key: Key, index: number): Problem[] {
  const found: Problem[] = [];
  if (!KEY_NAME.test(key.name)) {
    found.push({
      path: `hmacKeys[${index}].name`,
      given: shown(key.name),
      allowed: "1 to 20 characters of a-z, 0-9 and -, not starting or ending with -",
      fix: 'use a short name that says nothing of state or date, such as "a" and "b"',
    });
  }
  if (!Object.hasOwn(HmacKeyState, key.state)) {
    found.push({
      path: `hmacKeys[${index}].state`,
      given: shown(key.state),
      allowed: Object.keys(HmacKeyState).join(" or "),
      fix: "to delete a key make it INACTIVE first, then leave it out",
    });
  }
  return found;
}

function nameProblems(keys: readonly Key[]): Problem[] {
  const names = keys.map((key) => key.name);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return repeated.map((name) => ({
    path: "hmacKeys",
    given: `${shown(name)} more than once`,
    allowed: "each name once",
    fix: "give each key its own name",
  }));
}

function activeProblems(keys: readonly Key[], signing: string | undefined): Problem[] {
  if (keys.length === 0) return [];
  const active = keys.filter((key) => key.state === HmacKeyState.ACTIVE).map((key) => key.name);
  if (signing !== undefined && active.includes(signing)) return [];
  return [
    {
      path: "activeKey",
      given: shown(signing),
      allowed:
        active.length === 0
          ? "the name of an ACTIVE key, and none is ACTIVE"
          : active.map(shown).join(" or "),
      because: "URLs signed by an INACTIVE or missing key are refused.",
      fix: active.length === 0 ? "make one key ACTIVE" : "name an ACTIVE key, or make this one ACTIVE",
    },
  ];
}
