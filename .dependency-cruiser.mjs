/**
 * No file and no folder may depend on itself through others (docs/architecture.md, "Layout"). Types count: who has to read
 * two files to understand either has one file in two places. What is loaded lazily does not: the list of commands loads
 * the command that prints it.
 *
 * @type {import("dependency-cruiser").IConfiguration}
 */
export default {
  forbidden: [
    {
      name: "no-circles-of-files",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["dynamic-import"] } },
    },
    {
      name: "no-circles-of-folders",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules|/dist/" },
    enhancedResolveOptions: { extensions: [".ts", ".mts", ".js"] },
  },
};
