import type { Properties } from "./values.ts";

/** Created but not working: the engine keeps the resource and fails the update. */
export class Unready extends Error {
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
  constructor(id: string, inputs: Properties, state: Properties, message: string) {
    super(message);
    this.id = id;
    this.inputs = inputs;
    this.state = state;
  }
}
