import { principalProblems } from "../identity/principal.ts";
import { checkPlacement } from "../placement/index.ts";
import { prefixPaths, labelProblems, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import { KeyProtectionLevel, type EncryptionArgs } from "./encryption-args.ts";
import { keyRingLocation, servesSecrets } from "./key-ring-location.ts";
import { DEFAULT_SERVICES, EncryptedService, serviceProblems } from "./services.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/**
 * 24 to 876,000 hours.
 * Source: https://docs.cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys
 */
export const ROTATION_DAYS = { min: 1, max: 36_500, default: 90 } as const;
/** Source: https://docs.cloud.google.com/kms/docs/create-key#soft_delete */
export const DESTROY_SCHEDULED_DAYS = { min: 1, max: 120, default: 30 } as const;

/** Arguments of a new key, which an existing key does not take. */
const OF_A_NEW_KEY = [
  "keyRingName",
  "existingKeyRing",
  "keyName",
  "location",
  "rotationPeriodDays",
  "protectionLevel",
  "destroyScheduledDurationDays",
  "labels",
] as const satisfies (keyof EncryptionArgs)[];

/** A key that is there already. */
interface ExistingKey {
  /** Full name of the key. */
  readonly name: string;
  /** Full name of its key ring. */
  readonly keyRingId: string;
  readonly location: string;
}

const KEY_NAME =
  /^(?<ring>projects\/[^/]+\/locations\/(?<location>[a-z0-9-]+)\/keyRings\/[\w-]{1,63})\/cryptoKeys\/[\w-]{1,63}$/;

/** The existing key to use, or undefined if none is given or its name is invalid. */
export function existingKey({ existingKeyName: name }: EncryptionArgs): ExistingKey | undefined {
  if (name === undefined) return undefined;
  const { ring, location } = KEY_NAME.exec(name)?.groups ?? {};
  return ring === undefined || location === undefined ? undefined : { name, keyRingId: ring, location };
}

/** Problems of the arguments; all are known in advance. */
export function encryptionProblems(name: string, args: EncryptionArgs): Problem[] {
  const { dataLocations, location } = args.placement;
  const placement = checkPlacement({ location, ...withoutUndefined({ dataLocations }) }).problems;
  return [
    ...prefixPaths("placement", placement),
    ...principalProblems({
      projectId: args.projectId,
      ...(typeof args.projectNumber === "string" && { projectNumber: args.projectNumber }),
    }),
    ...serviceProblems(args.services ?? DEFAULT_SERVICES),
    ...loggingProblems(args),
    ...labelProblems(args.labels ?? {}),
    ...(args.existingKeyName === undefined
      ? newKeyProblems(name, args)
      : existingKeyProblems(args, args.existingKeyName)),
    // Of a placement that Google does not offer nothing follows.
    ...(placement.length > 0 ? [] : locationProblems(args)),
  ];
}

function newKeyProblems(name: string, args: EncryptionArgs): Problem[] {
  const { default: rotation, ...rotationRange } = ROTATION_DAYS;
  const { default: destroy, ...destroyRange } = DESTROY_SCHEDULED_DAYS;
  const level = args.protectionLevel ?? KeyProtectionLevel.SOFTWARE;
  return [
    ...nameProblems(name, args),
    ...wholeNumberProblems("rotationPeriodDays", args.rotationPeriodDays ?? rotation, rotationRange),
    ...wholeNumberProblems(
      "destroyScheduledDurationDays",
      args.destroyScheduledDurationDays ?? destroy,
      destroyRange,
    ),
    ...(Object.hasOwn(KeyProtectionLevel, level)
      ? []
      : [
          {
            path: "protectionLevel",
            given: shown(level),
            allowed: Object.keys(KeyProtectionLevel).join(" or "),
            fix: "use one of these; a key that an external manager holds is adopted by existingKeyName",
          },
        ]),
  ];
}

/** Source: https://docs.cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings/create */
function nameProblems(name: string, args: EncryptionArgs): Problem[] {
  const explicit = (["keyRingName", "keyName"] as const).flatMap((path): Problem[] => {
    const given = args[path];
    if (given === undefined || /^[\w-]{1,63}$/.test(given)) return [];
    return [
      {
        path,
        given: shown(given),
        allowed: "1 to 63 letters, digits, _ and -",
        fix: "use another name, or leave it out to have one made from the component's name",
      },
    ];
  });
  const generated = args.keyRingName === undefined || args.keyName === undefined;
  if (generated && !/^[\w-]{1,55}$/.test(name)) {
    explicit.push({
      path: "name",
      given: shown(name),
      allowed: "1 to 55 letters, digits, _ and -",
      because: "names of key ring and key are made of it and 8 more characters.",
      fix: "give the component another name, or set keyRingName and keyName",
    });
  }
  if (args.existingKeyRing === true && args.keyRingName === undefined) {
    explicit.push({
      path: "keyRingName",
      given: "nothing together with existingKeyRing",
      allowed: "the name of a key ring that is there",
      fix: "name it, or leave existingKeyRing out to have a new one",
    });
  }
  return explicit;
}

function existingKeyProblems(args: EncryptionArgs, keyName: string): Problem[] {
  const given = OF_A_NEW_KEY.filter((path) => args[path] !== undefined);
  return [
    ...(existingKey(args) === undefined
      ? [
          {
            path: "existingKeyName",
            given: shown(keyName),
            allowed: "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
            fix: "use the name that `gcloud kms keys list` shows, without a version",
          },
        ]
      : []),
    ...given.map((path) => ({
      path,
      given: "a value together with existingKeyName",
      allowed: "nothing with an existing key",
      because: "an existing key is used unchanged; the component only adds grants on it.",
      fix: "leave one of the two out",
    })),
  ];
}

/** Where the key is or will be. */
export function locationOf(args: EncryptionArgs): string {
  return existingKey(args)?.location ?? args.location ?? keyRingLocation(args.placement);
}

function locationProblems(args: EncryptionArgs): Problem[] {
  // An invalid name has no location.
  if (args.existingKeyName !== undefined && existingKey(args) === undefined) return [];
  const location = locationOf(args);
  const services = args.services ?? DEFAULT_SERVICES;
  const needed = keyRingLocation(args.placement);
  const path = args.existingKeyName === undefined ? "location" : "existingKeyName";
  const found: Problem[] = [];
  if (services.includes(EncryptedService.Storage) && location !== needed) {
    found.push({
      path,
      given: `a key in ${location} for a bucket in ${args.placement.location}`,
      allowed: needed,
      because:
        "Cloud Storage accepts only keys in the bucket's location, or in the corresponding KMS location.",
      fix: "use a key there, or leave storage out of services",
    });
  }
  if (services.includes(EncryptedService.SecretManager) && !servesSecrets(location)) {
    found.push({
      path,
      given: `a key in ${location} for secretmanager`,
      allowed: "a region, or global",
      because: "Secret Manager takes a key from each replica's region, or from global.",
      fix: "leave secretmanager out of services here, and make another Encryption for each replica's region",
    });
  }
  return found;
}

function loggingProblems(args: EncryptionArgs): Problem[] {
  const { loggingServiceAccount: given, services } = args;
  if (given === undefined) return [];
  const found: Problem[] = [];
  if (services?.includes(EncryptedService.Logging) !== true) {
    found.push({
      path: "loggingServiceAccount",
      given: "an address without logging among services",
      allowed: "nothing, or logging among services",
      fix: "add logging to services, or leave the address out",
    });
  }
  if (typeof given === "string" && !/^[^:@\s]+@[^:@\s]+\.gserviceaccount\.com$/.test(given)) {
    found.push({
      path: "loggingServiceAccount",
      given: shown(given),
      allowed: "the e-mail address of a service account",
      fix: "use kmsServiceAccountId of `gcloud logging settings describe --project PROJECT_ID`",
    });
  }
  return found;
}
