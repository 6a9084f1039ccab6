import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * Dependencies point one way (docs/architecture.md, "Layout"):
 * tools → sandbox → everything; stacks → components → placement ← policy; services know nothing of Pulumi, and components
 * of services nothing but the names of variables;
 * nobody imports tools.
 */
const folders = ["stacks", "components", "policy", "testing", "services", "sandbox", "tools", "test"];

/**
 * @param {string} from the folder the rule is for
 * @param {string[]} allowed the folders it may import from; "components/placement" allows that part only
 * @param {string[]} [forbiddenPackages] package names it must not depend on
 */
function mayImport(from, allowed, forbiddenPackages = []) {
  const group = folders
    .filter((folder) => folder !== from && !allowed.includes(folder))
    .map((folder) => `../**/${folder}/**`);
  const exceptions = allowed
    .filter((folder) => folder.includes("/"))
    .flatMap((folder) => [`!../**/${folder}`, `!../**/${folder}/**`]);
  return {
    files: [`${from}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: [...group, ...exceptions],
              message: `${from}/ may import only from: ${[from, ...allowed].join(", ")}.`,
            },
            ...forbiddenPackages.map((name) => ({
              group: [name, `${name}/**`],
              message: `${from}/ must not depend on ${name}.`,
            })),
          ],
        },
      ],
    },
  };
}

export default defineConfig(
  // The last are programs as others write them.
  { ignores: ["node_modules", "**/dist", ".sandbox", "test/slow/raw-programs"] },
  { files: ["**/*.js", "**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [
            "eslint.config.js",
            ".dependency-cruiser.mjs",
            "policy/start.cjs",
            "test/mutation/*.mjs",
            "tools/local/page/static/*.js",
          ],
        },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-console": "error",
    },
  },
  {
    // Runs in a browser, as it is.
    files: ["tools/local/page/static/*.js"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        ["document", "EventSource", "ResizeObserver"].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["**/*.cjs"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { sourceType: "commonjs", globals: { require: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  mayImport("services", [], ["@pulumi"]),
  // Compiled into the library, which installs nothing for it.
  mayImport("components", ["services/environment"]),
  mayImport("policy", ["components/placement"]),
  mayImport("testing", []),
  mayImport("stacks", ["components"]),
  mayImport("sandbox", ["services", "components", "stacks", "policy"]),
  mayImport("tools", ["sandbox", "services", "components", "stacks", "policy"]),
  // What a bench measures, it sets up by the helpers of the tests.
  { files: ["tools/bench/**/*.ts"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.name='expect'] > CallExpression[callee.property.name='every']",
          message: "every() of nothing is true: compare the values themselves, or the set of them.",
        },
        {
          selector:
            "CallExpression[callee.property.name='toBe'][arguments.0.value=false] CallExpression[callee.name='expect'] > CallExpression[callee.property.name='some']",
          message: "some() of nothing is false: compare the values themselves, or the set of them.",
        },
      ],
    },
  },
  {
    files: ["sandbox/engine/**/*.ts", "tools/**/*.ts"],
    rules: { "no-console": "off" },
  },
);
