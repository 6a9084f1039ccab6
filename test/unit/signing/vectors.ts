import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** One of Google's `signingV4Tests`: https://github.com/googleapis/conformance-tests/blob/main/storage/v1/v4_signatures.json */
const vectorSchema = z.object({
  description: z.string(),
  bucket: z.string(),
  object: z.string().optional(),
  method: z.enum(["GET", "PUT", "POST"]),
  expiration: z.coerce.number(),
  timestamp: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  queryParameters: z.record(z.string(), z.string()).optional(),
  scheme: z.enum(["http", "https"]).optional(),
  urlStyle: z.enum(["PATH_STYLE", "VIRTUAL_HOSTED_STYLE", "BUCKET_BOUND_HOSTNAME"]).optional(),
  bucketBoundHostname: z.string().optional(),
  hostname: z.string().optional(),
  clientEndpoint: z.string().optional(),
  emulatorHostname: z.string().optional(),
  universeDomain: z.string().optional(),
  expectedUrl: z.string(),
  expectedCanonicalRequest: z.string(),
  expectedStringToSign: z.string(),
});
export type Vector = z.infer<typeof vectorSchema>;

/** One of Google's `postPolicyV4Tests`. */
const policyVectorSchema = z.object({
  description: z.string(),
  policyInput: z.object({
    scheme: z.enum(["http", "https"]),
    urlStyle: z.enum(["PATH_STYLE", "VIRTUAL_HOSTED_STYLE", "BUCKET_BOUND_HOSTNAME"]).optional(),
    bucketBoundHostname: z.string().optional(),
    bucket: z.string(),
    object: z.string(),
    expiration: z.number(),
    timestamp: z.string(),
    fields: z.record(z.string(), z.string()).optional(),
    conditions: z
      .object({
        startsWith: z.tuple([z.string(), z.string()]).optional(),
        contentLengthRange: z.tuple([z.number(), z.number()]).optional(),
      })
      .optional(),
  }),
  policyOutput: z.object({ url: z.string(), fields: z.record(z.string(), z.string()) }),
});
export type PolicyVector = z.infer<typeof policyVectorSchema>;

export interface Conformance {
  readonly vectors: readonly Vector[];
  readonly policies: readonly PolicyVector[];
  /** The dummy service account of the vectors: inactive, public by design. */
  readonly account: { readonly clientEmail: string; readonly privateKey: string };
}

const module = "cloud.google.com/go/storage";
const version = "v1.70.0";
const repository = join(import.meta.dirname, "..", "..", "..");

/** Vectors and key from a conformance folder beside the repository or from Google's Go module; else why there are none. */
export function loadConformance(): Conformance | { readonly missing: string } {
  const goFolder = goModuleFolder();
  if (goFolder === undefined)
    return {
      missing: `the vectors' key is in the Go module ${module}@${version}, which \`go\` could not provide`,
    };
  const data = join(goFolder, "internal", "test", "conformance");
  const shared = join(repository, "..", "shared", "conformance", "v4_signatures.json");
  const vectorFile = existsSync(shared) ? shared : join(data, "v4_signatures.json");
  const keyFile = join(data, "service-account");
  for (const file of [vectorFile, keyFile])
    if (!existsSync(file))
      return { missing: `${module}@${version} does not hold the expected conformance data` };
  const account = z
    .object({ client_email: z.string(), private_key: z.string() })
    .parse(JSON.parse(readFileSync(keyFile, "utf8")));
  const { signingV4Tests, postPolicyV4Tests } = z
    .object({ signingV4Tests: z.array(vectorSchema), postPolicyV4Tests: z.array(policyVectorSchema) })
    .parse(JSON.parse(readFileSync(vectorFile, "utf8")));
  return {
    vectors: signingV4Tests,
    policies: postPolicyV4Tests,
    account: { clientEmail: account.client_email, privateKey: account.private_key },
  };
}

/** Where Google's Go module lies; undefined where `go` could not provide it. */
export function goModuleFolder(): string | undefined {
  try {
    const output = execFileSync("go", ["mod", "download", "-json", `${module}@${version}`], {
      cwd: repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 60_000,
    });
    return z.object({ Dir: z.string() }).parse(JSON.parse(output)).Dir;
  } catch {
    return undefined;
  }
}

type Addressed = Pick<Vector, "scheme" | "urlStyle" | "bucketBoundHostname"> & Partial<Vector>;

/** Which endpoint a vector asks for, in the vectors' order of precedence: hostname, client, emulator, universe. */
export function endpointOf(vector: Addressed): {
  url: string;
  style: "path" | "virtual-hosted" | "bucket-bound";
} {
  const scheme = vector.scheme ?? "https";
  const host =
    vector.bucketBoundHostname ??
    vector.hostname ??
    vector.clientEndpoint ??
    vector.emulatorHostname ??
    `storage.${vector.universeDomain ?? "googleapis.com"}`;
  const style =
    vector.urlStyle === "VIRTUAL_HOSTED_STYLE"
      ? "virtual-hosted"
      : vector.urlStyle === "BUCKET_BOUND_HOSTNAME"
        ? "bucket-bound"
        : "path";
  return { url: host.includes("://") ? host : `${scheme}://${host}`, style };
}
