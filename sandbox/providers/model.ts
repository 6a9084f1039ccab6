import type { Cloud } from "./cloud.ts";
import type { Fields } from "./fields.ts";
import type { Properties, Value } from "./values.ts";

/** What an effect may use besides its resource's properties. */
export interface Context {
  /** The provider instance's configuration. */
  config: Properties;
  /** The resource's name in the program. */
  name: string;
  /** @throws one sentence, when no local cloud is running */
  cloud: () => Cloud;
  /** From `customTimeouts`, in seconds. */
  timeoutSeconds: number | undefined;
  /** Aborted when the user cancels the update. */
  signal: AbortSignal;
  /** Shows progress beside the resource's line. */
  report: (message: string) => void;
}

/** What Check may use to complete inputs. */
export interface Naming {
  config: Properties;
  name: string;
  /** Inputs of the existing resource, when this is an update. */
  old: Properties | undefined;
  /** Bytes that are the same each time this deployment asks for this resource. */
  seed: Uint8Array;
  /** The name that the stack's `pulumi:autonaming` configuration asks for. */
  proposed: string | undefined;
  /** False when that configuration forbids generated names. */
  mayGenerate: boolean;
}

/** A resource as its service reports it, in the property names of its Pulumi type. */
export interface Live {
  id: string;
  properties: Properties;
  /** The properties that the program declared, if the service adds others. @default all */
  declared?: Properties;
  /** Why it exists but does not work yet; it is kept in the state, and the update fails. */
  unready?: string;
}

/** What the last update left in the engine's state. */
export interface Old {
  inputs: Properties;
  state: Properties;
}

/** One row of a provider's table: what the sandbox models of a resource type. */
export interface ResourceModel {
  type: string;
  /** Every modelled input; all others are refused. */
  fields: Fields;
  /** Names of outputs beyond the fields. */
  outputs: readonly string[];
  /** Properties that are always secret. */
  secrets?: readonly string[];
  /** Outputs that an update changes. */
  changing?: readonly string[];
  /** Completes the inputs, as by a generated name. */
  complete?: (inputs: Properties, naming: Naming) => Properties;
  /** Problems of the inputs as a whole; unknown values are assumed to be valid. */
  problems?: (inputs: Properties, config: Properties) => string[];
  /** Outputs that are known before the effect; `old` is the state of a resource to be updated. */
  predict?: (inputs: Properties, config: Properties, old?: Properties) => Properties;
  /** Whether a change of this path replaces, beyond what the fields say; `old` are the inputs of the last update. */
  replaces?: (path: string, config: Properties, old: Properties, inputs: Properties) => boolean;
  /**
   * The name under which the service allows one object only. A replacement under the same name deletes the old object first.
   * Undefined when the service or a generated name makes each object distinct.
   */
  identity?: (inputs: Properties, name: string) => Value | undefined;
  /**
   * What the service would say to an effect, where it can be asked without one. Never called without a local cloud, nor with unknown values.
   *
   * @param id of the resource to be updated; undefined for one to be created
   */
  rehearse?: (inputs: Properties, id: string | undefined, context: Context) => Promise<void>;
  create: (inputs: Properties, context: Context) => Promise<Live>;
  /** @param old of the last update; empty when importing */
  read: (id: string, old: Old, context: Context) => Promise<Live | undefined>;
  update: (id: string, inputs: Properties, old: Old, context: Context) => Promise<Live>;
  delete: (id: string, old: Old, context: Context) => Promise<void>;
}

/** A function of a provider, such as a lookup. */
export interface FunctionModel {
  token: string;
  fields: Fields;
  /** It computes its answer from its arguments and the provider's configuration alone, so that no cloud need be there. @default false */
  pure?: boolean;
  call: (args: Properties, context: Pick<Context, "cloud" | "config">) => Promise<Properties> | Properties;
}
