import type { Example } from "./example.ts";

export const dockerBuildExamples: Example[] = [
  {
    type: "docker-build:index:Image",
    inputs: {
      context: { location: "." },
      dockerfile: { location: "services/worker/Dockerfile" },
      tags: ["us-docker.pkg.dev/my-project/mpegflow/worker:1"],
      push: true,
    },
    update: { tags: ["us-docker.pkg.dev/my-project/mpegflow/worker:2"] },
    id: /./,
    stateOnly: true,
    outputs: { digest: "not-pushed", ref: "us-docker.pkg.dev/my-project/mpegflow/worker:1@not-pushed" },
  },
];
