import { execFile } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Agent, request } from "undici";
import { z } from "zod";
import type { ApiAccess } from "../../sandbox/kubernetes/client/index.ts";

const inside = fileURLToPath(new URL("fixtures/inside.ts", import.meta.url));

/** What a running worker has about it, as seen from inside its pod. */
export interface WorkerView {
  readonly environment: Readonly<Record<string, string>>;
  /** Below the pod's own directory, which is all of the disk that is its own. */
  readonly files: readonly string[];
  /** Every token in its environment and files, with the audiences that it is good for. */
  readonly tokens: readonly { where: string; token: string; audiences: readonly string[] }[];
  /** What a program with the worker's environment and directory obtains of Google. */
  obtains(): Promise<z.infer<typeof answerSchema>>;
}

const answerSchema = z.strictObject({
  credential: z.strictObject({ token: z.string().nullable().optional(), refusal: z.string().optional() }),
  metadata: z.array(z.string()),
});
const claimsSchema = z.looseObject({ aud: z.array(z.string()) });

/** @param processId of the worker's program */
export function viewOf(processId: number): WorkerView {
  const environment = Object.fromEntries(
    readFileSync(`/proc/${processId}/environ`, "utf8")
      .split("\0")
      .filter((one) => one.includes("="))
      .map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)] as const),
  );
  const directory = readlinkSync(`/proc/${processId}/cwd`);
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
  const texts = [
    ...Object.entries(environment).map(([name, value]) => [`$${name}`, value] as const),
    ...files.map((file) => [file, readFileSync(join(directory, file), "utf8")] as const),
  ];
  const tokens = texts.flatMap(([where, text]) =>
    [...text.matchAll(/eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+/g)].map(([token, claims = ""]) => ({
      ...{ where, token },
      audiences: claimsSchema.parse(JSON.parse(Buffer.from(claims, "base64url").toString())).aud,
    })),
  );
  return {
    environment,
    files,
    tokens,
    obtains: async () => {
      const options = { cwd: directory, env: environment, timeout: 60_000 };
      const { stdout } = await promisify(execFile)(process.execPath, [inside], options);
      return answerSchema.parse(JSON.parse(stdout));
    },
  };
}

/** Kubernetes' verbs, as requests for one kind of objects. */
const verbs = {
  get: ["GET", "/one"],
  list: ["GET", ""],
  watch: ["GET", "?watch=true&timeoutSeconds=1"],
  create: ["POST", ""],
  update: ["PUT", "/one"],
  patch: ["PATCH", "/one"],
  delete: ["DELETE", "/one"],
  deletecollection: ["DELETE", ""],
} as const;

/** What an API server answers to every verb, for several kinds of objects of a namespace: `VERB KIND STATUS`. */
export async function verbsWith(
  token: string,
  { server, ca }: ApiAccess,
  namespace: string,
  kinds: Readonly<Record<string, string>>,
): Promise<string[]> {
  const dispatcher = new Agent({ connect: { ca } });
  const answers: string[] = [];
  for (const [plural, kind] of Object.entries(kinds)) {
    for (const [verb, [method, rest]] of Object.entries(verbs)) {
      const body = ["POST", "PUT", "PATCH"].includes(method)
        ? JSON.stringify({ apiVersion: "v1", kind, metadata: { name: "one", namespace } })
        : null;
      const answer = await request(`${server}/api/v1/namespaces/${namespace}/${plural}${rest}`, {
        ...{ method, dispatcher, body },
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== null && {
            "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
          }),
        },
      });
      await answer.body.dump();
      answers.push(`${verb} ${plural} ${answer.statusCode}`);
    }
  }
  await dispatcher.close();
  return answers;
}
