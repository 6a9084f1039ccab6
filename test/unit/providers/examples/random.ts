import type { Example } from "./example.ts";

export const randomExamples: Example[] = [
  {
    type: "random:index/randomBytes:RandomBytes",
    inputs: { length: 32, keepers: { rotation: "1" } },
    id: "none",
    stateOnly: true,
    outputs: { length: 32 },
  },
  {
    type: "random:index/randomId:RandomId",
    inputs: { byteLength: 4, prefix: "m-" },
    id: /^[\w-]{6}$/,
    stateOnly: true,
    outputs: { byteLength: 4 },
  },
];
