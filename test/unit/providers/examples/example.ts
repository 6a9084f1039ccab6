import type { Properties } from "../../../../sandbox/providers/values.ts";

/** A resource as a program declares it, and what the provider has to answer. */
export interface Example {
  type: string;
  inputs: Properties;
  /** The id, or a pattern of it. */
  id: string | RegExp;
  /** What an update in place changes; types without are replaced by any change. */
  update?: Properties;
  /** Other spellings of the id that `pulumi import` takes. */
  importIds?: string[];
  /** Inputs of another one, where a name of the same form for every type does not do. */
  another?: Properties;
  /** The real provider has no import of the type, either. */
  notImportable?: true;
  /** Values live in the engine's state only: nothing can be deleted behind its back. */
  stateOnly?: true;
  /** What is still read after the deletion, where the service deletes softly or not at all. */
  remains?: Properties;
  /** Outputs, given those of the created resource. */
  outputs: Properties;
}
