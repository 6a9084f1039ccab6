export {
  recordPulumi,
  valueOf,
  type RecordedResource,
  type Recorder,
  type RecordOptions,
} from "../../testing/components.ts";
