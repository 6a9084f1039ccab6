import { InvalidArguments } from "../../../components/index.ts";
import { object, type Field } from "../../../sandbox/providers/fields.ts";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { recordPulumi, type RecordOptions } from "../../unit/pulumi-mocks.ts";
import type { Sample } from "./samples.ts";

/** A resource as far as its provider sees it. */
export interface Made {
  readonly type: string;
  readonly name: string;
  /** In one order wherever the provider takes a set; without those of components, which no provider sees. */
  readonly inputs: unknown;
  readonly dependencies: readonly string[];
}

/** What the sample makes of the arguments, sorted; undefined where it refuses them. */
export async function madeOf({ make }: Sample, args: object): Promise<Made[] | undefined> {
  const recorder = await recordPulumi({ id, outputs, call: () => ({ number: "123456789012" }) });
  try {
    make(args);
  } catch (error) {
    if (error instanceof InvalidArguments) return undefined;
    throw error;
  } finally {
    await recorder.settled();
  }
  return recorder.resources
    .map(({ type, name, custom, inputs, dependencies }) => ({
      type,
      name,
      inputs: custom ? inOneOrder(inputs, tables.get(type)) : {},
      dependencies,
    }))
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

export const keyOf = ({ type, name }: Made): string => `${type} ${name}`;

/** The list at a path such as `waves.0.prefixes`. */
export function listAt(args: object, path: string): readonly unknown[] {
  const found = path.split(".").reduce<unknown>((from, key) => (from as Record<string, unknown>)[key], args);
  if (!Array.isArray(found)) throw new Error(`no list at ${path}`);
  return found as unknown[];
}

/** The arguments with another list at the path. */
export function withList(args: object, path: string, list: readonly unknown[]): object {
  const changed = structuredClone(args);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const place = keys.reduce<unknown>((from, key) => (from as Record<string, unknown>)[key], changed);
  (place as Record<string, unknown>)[last] = list;
  return changed;
}

/** A value with the items of every set sorted, as the sandbox's table of the type says which lists are sets. */
function inOneOrder(value: unknown, field: Field | undefined): unknown {
  if (value === null || typeof value !== "object" || field === undefined) return value;
  if (field.kind === "list" && Array.isArray(value)) {
    const items = value.map((item: unknown) => inOneOrder(item, field.of));
    return field.unordered === true ? items.map((item) => JSON.stringify(item)).toSorted() : items;
  }
  if (field.kind !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name,
      inOneOrder(inner, field.fields[name]),
    ]),
  );
}

const tables: ReadonlyMap<string, Field> = new Map(
  gcpModel.resources.map(({ type, fields }) => [type, object(fields)]),
);

type Options = Required<RecordOptions>;

const id: Options["id"] = ({ type, name, inputs }) => {
  const { location, keyRing } = inputs as { location?: string; keyRing?: string };
  if (type === "gcp:kms/keyRing:KeyRing")
    return `projects/my-project/locations/${location ?? ""}/keyRings/${name}`;
  return type === "gcp:kms/cryptoKey:CryptoKey" ? `${keyRing ?? ""}/cryptoKeys/${name}` : undefined;
};

const outputs: Options["outputs"] = ({ type, name }) => {
  if (type === "gcp:serviceaccount/account:Account") return { email: `${name}@my-project.iam` };
  if (type === "gcp:container/cluster:Cluster") {
    return { controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: `${name}.gke.goog` } } };
  }
  if (type.startsWith("gcp:compute/")) return { selfLink: `https://compute/${name}`, address: "192.0.2.1" };
  if (type.startsWith("aws:")) return { arn: `arn:aws:iam::123456789012:role/${name}` };
  if (type === "gcp:storage/hmacKey:HmacKey") return { accessId: `GOOG-${name}`, secret: "secret" };
  if (type.endsWith(":DnsAuthorization")) return { dnsResourceRecords: [] };
  if (type === "random:index/randomId:RandomId") return { hex: "0a1b2c" };
  if (type === "gcp:projects/serviceIdentity:ServiceIdentity") {
    return { member: "serviceAccount:agent@google", email: "agent@google" };
  }
  return type === "random:index/randomBytes:RandomBytes" ? { base64: "c2VjcmV0" } : {};
};
