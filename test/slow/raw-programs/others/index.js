import * as pulumi from "@pulumi/pulumi";

// A program may be a function that the engine's host awaits.
export default async function program() {
  await import("./tools.js");
  await import("./docker.js");
  await import("./edge.js");
  await import("./native.js");
  await import("./components.js");
  await import("./parameterized.js");
  await import("./dynamic.js");
  return { stack: pulumi.getStack() };
}
