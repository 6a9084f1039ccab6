/**
 * `mpegflow-gcs/testing`: runs policies and components the way the engine does, without an engine. It needs no test
 * runner of its own: everything is a function that returns what happened.
 */
export {
  recordPulumi,
  valueOf,
  type RecordedResource,
  type Recorder,
  type RecordOptions,
} from "./components.ts";
export { judge, type Judgement, type JudgeOptions, type NotApplicable, type Violation } from "./policies.ts";
export { urnOf, type GivenResource, type GivenStack } from "./resources.ts";
export { outputOf, secret, UNKNOWN, type OutputOf } from "./values.ts";
