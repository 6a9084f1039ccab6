import { MULTI_REGIONS, PREDEFINED_DUAL_REGIONS, REGIONS } from "../../../components/placement/index.ts";
import { found, type Cloud } from "../cloud.ts";
import { boolean, object, string } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { defined, isUnknown, objectOf, omit, textOf, type Properties, type Value } from "../values.ts";
import { cloudOf, duration, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";
import { labelled } from "./labelled.ts";

const keyRingType = "gcp:kms/keyRing:KeyRing";
const cryptoKeyType = "gcp:kms/cryptoKey:CryptoKey";

/** Beside regions. https://docs.cloud.google.com/kms/docs/locations */
const multiRegions = ["asia1", "au", "ca", "de", "eur3", "eur4", "eur5", "eur6", "europe", "in", "it", "us"]
  .concat(["asia", "global", "nam-eur-asia1"])
  .concat([3, 4, 6, 7, 8, 9, 10, 11, 12].map((number) => `nam${number}`));
const locations: readonly string[] = [...REGIONS, ...multiRegions];
/** How Cloud Storage spells them, which Cloud KMS does not know. */
const bucketCodes: readonly string[] = [...MULTI_REGIONS, ...Object.keys(PREDEFINED_DUAL_REGIONS)];

const name = string({
  pattern: /^[\w-]{1,63}$/,
  rule: "1 to 63 letters, digits, _ and -",
});

const registered = (cloud: Cloud, type: string, id: string) =>
  found(cloud.control({ method: "GET", path: ["registry", type, id] }));

function locationProblems(inputs: Properties): string[] {
  const location = textOf(inputs["location"]);
  if (location === undefined || isUnknown(location) || locations.includes(location)) return [];
  const hint = bucketCodes.includes(location.toUpperCase()) ? ": buckets and keys spell it differently" : "";
  return [`location ${JSON.stringify(location)} is none of Cloud KMS${hint}; it has ${locations.join(", ")}`];
}

const keyRingPath = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[\w-]+$/;

/** `projects/P/locations/L/keyRings/R`, also from `P/L/R` and `L/R`. */
function keyRingId(given: string, inProject: string): string {
  const parts = given.split("/");
  if (parts.length > 3) return given;
  const [ring = "", location = "", ringProject = inProject] = parts.toReversed();
  return `projects/${ringProject}/locations/${location}/keyRings/${ring}`;
}

/** `projects/P/locations/L/keyRings/R/cryptoKeys/K`, also from `P/L/R/K`, `L/R/K` and `RING/K`. */
export function cryptoKeyId(given: string, inProject: string): string {
  if (given.includes("/cryptoKeys/")) return given;
  const slash = given.lastIndexOf("/");
  return `${keyRingId(given.slice(0, slash), inProject)}/cryptoKeys/${given.slice(slash + 1)}`;
}

/**
 * A key ring can be made once and never deleted: its deletion only makes the engine forget it.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/kms/keyring/
 */
const keyRing: ResourceModel = (() => {
  const model = recorded({
    type: keyRingType,
    fields: { name, location: string(), project },
    outputs: [],
    ...named("name", 63),
    problems: (inputs, config) => [...projectProblems(inputs, config), ...locationProblems(inputs)],
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    distinct: true,
    idOf: (inputs, context) =>
      keyRingId(
        `${textOf(inputs["location"]) ?? ""}/${textOf(inputs["name"]) ?? ""}`,
        cloudOf(inputs, context).project,
      ),
    report: (inputs, _id, context) => ({ project: cloudOf(inputs, context).project }),
  });
  return {
    ...model,
    read: (id, old, context) => model.read(keyRingId(id, context.cloud().projectId), old, context),
    delete: () => Promise.resolve(),
  };
})();

const algorithms = ["GOOGLE_SYMMETRIC_ENCRYPTION", "EXTERNAL_SYMMETRIC_ENCRYPTION"];

const seconds = (value: Value | undefined): number => Number.parseFloat(textOf(value) ?? "");

/** Limits of the API, on values that are known. https://docs.cloud.google.com/kms/docs/create-key#soft_delete */
function durationProblems(inputs: Properties): string[] {
  const within = (field: string, least: number, most: number, range: string): string[] => {
    const value = inputs[field];
    if (value === undefined || isUnknown(value)) return [];
    return seconds(value) >= least && seconds(value) <= most ? [] : [`${field} must be ${range}`];
  };
  return [
    ...within("rotationPeriod", 86_400, 876_000 * 3600, "from 86400s (24 hours) to 3153600000s"),
    ...(inputs["importOnly"] === true
      ? []
      : within("destroyScheduledDuration", 86_400, 120 * 86_400, "from 86400s to 10368000s (120 days)")),
  ];
}

/**
 * A key can be made once and never deleted: its deletion destroys its versions, and the key stays, without a version that
 * encrypts. Purposes other than ENCRYPT_DECRYPT are not modelled.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/kms/cryptokey/
 */
const cryptoKey: ResourceModel = (() => {
  const model = labelled({
    type: cryptoKeyType,
    fields: {
      name,
      keyRing: string({
        pattern: keyRingPath,
        rule: 'a key ring\'s id, "projects/PROJECT/locations/LOCATION/keyRings/NAME"',
      }),
      purpose: string({ allowed: ["ENCRYPT_DECRYPT"] }),
      rotationPeriod: duration(),
      destroyScheduledDuration: duration(),
      importOnly: boolean(),
      skipInitialVersionCreation: boolean({ local: true }),
      versionTemplate: object({
        algorithm: string({ allowed: algorithms }),
        protectionLevel: string({ allowed: ["SOFTWARE", "HSM"] }),
      }),
    },
    outputs: ["primaries", "cryptoKeyBackend"],
    ...named("name", 63),
    problems: durationProblems,
    distinct: true,
    idOf: (inputs) => `${textOf(inputs["keyRing"]) ?? ""}/cryptoKeys/${textOf(inputs["name"]) ?? ""}`,
    report: (inputs, id, _context, old) => {
      const empty = inputs["skipInitialVersionCreation"] === true || inputs["importOnly"] === true;
      return {
        labels: objectOf(inputs["labels"]),
        destroyScheduledDuration:
          inputs["destroyScheduledDuration"] ?? old?.["destroyScheduledDuration"] ?? "2592000s",
        importOnly: inputs["importOnly"] ?? false,
        versionTemplate: {
          algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION",
          protectionLevel: "SOFTWARE",
          ...objectOf(inputs["versionTemplate"]),
        },
        cryptoKeyBackend: "",
        primaries:
          old?.["primaries"] ?? (empty ? [] : [{ name: `${id}/cryptoKeyVersions/1`, state: "ENABLED" }]),
      };
    },
  });
  return withDeletionPolicy({
    ...model,
    create: async (inputs, context) => {
      const ring = textOf(inputs["keyRing"]) ?? "";
      if ((await registered(context.cloud(), keyRingType, ring)) === undefined) {
        throw new Refusal(`KeyRing ${ring} not found`);
      }
      return model.create(inputs, context);
    },
    read: (id, old, context) => model.read(cryptoKeyId(id, context.cloud().projectId), old, context),
    delete: async (id, _old, context) => {
      const cloud = context.cloud();
      const key = await registered(cloud, cryptoKeyType, id);
      if (key === undefined) return;
      const body = { ...omit(key, ["rotationPeriod"]), primaries: [] };
      await cloud.control({ method: "PUT", path: ["registry", cryptoKeyType, id], body });
    },
  });
})();

export const kmsTypes: ResourceModel[] = [keyRing, cryptoKey];

/** The key as it is, without one that was never made. */
export const findCryptoKey = (cloud: Cloud, id: string) => registered(cloud, cryptoKeyType, id);
