import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The kinds of programs that import the package, and the versions of Node.js that they run on. */

export const NODE_VERSIONS = ["20.20.2", "22.23.3", "24.21.0"] as const;
export type NodeVersion = (typeof NODE_VERSIONS)[number];

export interface Consumer {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** What its module is and how it is read. */
  readonly modules: "CommonJS" | "ES modules";
  /** Whether `typescript` is installed. Without it Pulumi takes its own, 3.8.3. @default true */
  readonly typescript?: boolean;
  /** Versions on which it runs. @default all */
  readonly nodeVersions?: readonly NodeVersion[];
}

/** What `pulumi new gcp-typescript` and `kubernetes-typescript` write: https://github.com/pulumi/templates, August 2026. */
const TEMPLATE = {
  "Pulumi.yaml":
    "name: consumer\ndescription: A minimal Google Cloud TypeScript Pulumi program\nruntime: nodejs\n",
  "package.json": json({ name: "consumer", main: "index.ts" }),
  "tsconfig.json": tsconfig("nodenext", "nodenext"),
};

const PROJECT = `const google = new gcp.Provider("google", { project: "studio-archive" });
const media = new MediaBucket(
    "media",
    {
        placement: dualRegion("us-central1", "us-west1"),
        accessPattern: AccessPattern.ActiveActive,
        projectId: "studio-archive",
    },
    { provider: google },
);
`;
const IMPORTS = `import * as gcp from "@pulumi/gcp";
import { AccessPattern, dualRegion, MediaBucket } from "mpegflow-gcs";
`;
const PROGRAM = `${IMPORTS}\n${PROJECT}\nexport const bucket = media.bucketName;\n`;
const KUBERNETES_PROGRAM = `import * as k8s from "@pulumi/kubernetes";
${PROGRAM}
const appLabels = { app: "nginx" };
const deployment = new k8s.apps.v1.Deployment("nginx", {
    spec: {
        selector: { matchLabels: appLabels },
        replicas: 1,
        template: {
            metadata: { labels: appLabels },
            spec: { containers: [{ name: "nginx", image: "nginx" }] }
        }
    }
}, { provider: new k8s.Provider("cluster", { kubeconfig: "{}" }) });
export const name = deployment.metadata.name;
`;

/** Options of `runtime` in Pulumi.yaml. */
function pulumiYaml(options: string, main: string): string {
  return `name: consumer\ndescription: A stack\nmain: ${main}\nruntime:\n  name: nodejs\n  options:\n${options}`;
}

export const CONSUMERS: readonly Consumer[] = [
  {
    name: "pulumi new gcp-typescript",
    modules: "CommonJS",
    files: { ...TEMPLATE, "index.ts": PROGRAM },
  },
  {
    name: "pulumi new kubernetes-typescript",
    modules: "CommonJS",
    files: { ...TEMPLATE, "index.ts": KUBERNETES_PROGRAM },
  },
  {
    name: "pulumi new gcp-typescript before 2026 (module commonjs, moduleResolution node)",
    modules: "CommonJS",
    files: { ...TEMPLATE, "tsconfig.json": tsconfig("commonjs", "node"), "index.ts": PROGRAM },
  },
  {
    name: "no typescript installed, so Pulumi's own 3.8.3",
    modules: "CommonJS",
    typescript: false,
    files: { ...TEMPLATE, "tsconfig.json": tsconfig("commonjs", "node"), "index.ts": PROGRAM },
  },
  {
    name: "ts-node's loader for ES modules",
    modules: "ES modules",
    // Its hooks do not work with the module customisation of later versions.
    nodeVersions: ["20.20.2", "22.23.3"],
    files: {
      "Pulumi.yaml": pulumiYaml(
        '    typescript: false\n    nodeargs: "--loader ts-node/esm --no-warnings"\n',
        "index.ts",
      ),
      "package.json": json({ name: "consumer", type: "module" }),
      "tsconfig.json": tsconfig("nodenext", "nodenext"),
      "index.ts": PROGRAM,
    },
  },
  ...(["CommonJS", "ES modules"] as const).map((modules): Consumer => ({
    name: `tsx, ${modules}`,
    modules,
    files: {
      "Pulumi.yaml": pulumiYaml('    typescript: false\n    nodeargs: "--import tsx"\n', "index.ts"),
      "package.json": json({ name: "consumer", ...(modules === "ES modules" && { type: "module" }) }),
      "index.ts": PROGRAM,
    },
  })),
  {
    name: "type stripping",
    modules: "ES modules",
    nodeVersions: ["22.23.3", "24.21.0"],
    files: {
      "Pulumi.yaml": pulumiYaml("    typescript: false\n", "index.ts"),
      "package.json": json({ name: "consumer", type: "module" }),
      "index.ts": PROGRAM,
    },
  },
  {
    name: "JavaScript, CommonJS",
    modules: "CommonJS",
    files: {
      "Pulumi.yaml": pulumiYaml("    typescript: false\n", "index.js"),
      "package.json": json({ name: "consumer" }),
      "index.js": `const gcp = require("@pulumi/gcp");
const { AccessPattern, dualRegion, MediaBucket } = require("mpegflow-gcs");
${PROJECT}
exports.bucket = media.bucketName;
`,
    },
  },
  {
    name: "JavaScript, ES modules",
    modules: "ES modules",
    files: {
      "Pulumi.yaml": pulumiYaml("    typescript: false\n", "index.mjs"),
      "package.json": json({ name: "consumer" }),
      "index.mjs": PROGRAM,
    },
  },
];

export function writeConsumer({ files }: Consumer, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
}

/** The template's tsconfig.json, and its predecessor's. */
function tsconfig(module: string, moduleResolution: string): string {
  return json({
    compilerOptions: {
      strict: true,
      outDir: "bin",
      target: "es2020",
      module,
      moduleResolution,
      sourceMap: true,
      experimentalDecorators: true,
      pretty: true,
      noFallthroughCasesInSwitch: true,
      noImplicitReturns: true,
      forceConsistentCasingInFileNames: true,
    },
    files: ["index.ts"],
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 4)}\n`;
}
