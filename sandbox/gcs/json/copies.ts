import { z } from "zod";
import { checkKey, customerKeyOf } from "../customer-keys.ts";
import { invalid, methodNotAllowed, objectNotFound } from "../errors.ts";
import { readJson, sendJson } from "../http/exchange.ts";
import { parseObjectBody, settableOf, type ObjectRecord } from "../object-schema.ts";
import { checkPreconditions } from "../preconditions.ts";
import { without } from "../records.ts";
import type { Staged } from "../staging.ts";
import { renderObject } from "./objects.ts";
import { preconditionsOf, wholeNumber, type JsonCall } from "./request.ts";

/** https://docs.cloud.google.com/storage/docs/composite-objects: 32 sources a request. */
const MAX_SOURCES = 32;

const composeSchema = z.object({
  sourceObjects: z
    .array(
      z.object({
        name: z.string(),
        generation: z.union([z.string(), z.number()]).optional(),
        objectPreconditions: z.object({ ifGenerationMatch: z.union([z.string(), z.number()]) }).optional(),
      }),
    )
    .min(1)
    .max(MAX_SOURCES),
  destination: z.unknown().optional(),
});

/** `/b/{bucket}/o/{object}/compose` */
export async function compose(call: JsonCall, bucket: string, name: string): Promise<void> {
  const { state, exchange, caller } = call;
  if (exchange.method !== "POST") throw methodNotAllowed(exchange.method);
  state.access.bucket(caller, "storage.objects.create", bucket, "json");
  state.access.bucket(caller, "storage.objects.get", bucket, "json");
  const parsed = composeSchema.safeParse(await readJson(exchange));
  if (!parsed.success) throw invalid(`sourceObjects: 1 to ${MAX_SOURCES} objects with a name are required.`);
  const sources = parsed.data.sourceObjects.map((source) => ({
    address: { bucket, name: source.name, generation: numberOf(source.generation) },
    conditions: { generationMatch: numberOf(source.objectPreconditions?.ifGenerationMatch) },
  }));
  let components = 0;

  async function* bytes(): AsyncGenerator<Buffer> {
    for (const { address, conditions } of sources) {
      const [record, handle] = await state.objects.open(address, (found) => {
        // One key for all components and for the result.
        checkKey(found, customerKeyOf(exchange));
        checkPreconditions(conditions, found, "write");
      });
      components += record.componentCount ?? 1;
      try {
        yield* handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>;
      } finally {
        await handle.close();
      }
    }
  }
  const staged = without(await state.staging.receive(bytes()), "md5Hash");
  const { fields } = parseObjectBody(parsed.data.destination ?? {});
  const record = await place(call, { bucket, name }, staged, fields, components);
  sendJson(exchange, 200, renderObject(call, record));
}

/** `…/rewriteTo/b/{bucket}/o/{object}` and `…/copyTo/…`; always done in one call. */
export async function copy(
  call: JsonCall,
  source: { bucket: string; name: string },
  target: { bucket: string; name: string },
  rewrite: boolean,
): Promise<void> {
  const { state, exchange, caller } = call;
  if (exchange.method !== "POST") throw methodNotAllowed(exchange.method);
  state.access.bucket(caller, "storage.objects.get", source.bucket, "json");
  state.access.bucket(caller, "storage.objects.create", target.bucket, "json");
  const generation = wholeNumber(exchange.query.get("sourceGeneration"), "sourceGeneration");
  const body = await readJson(exchange);
  const given = parseObjectBody(body);
  const [original, staged] = await snapshot(call, { ...source, generation });
  // An empty body keeps the source's metadata, any other replaces it; the class is the target bucket's unless given.
  const inherited = without(settableOf(original), "storageClass");
  const fields = Object.keys(body as object).length === 0 ? inherited : given.fields;
  const record = await place(call, target, staged, fields, original.componentCount);
  const resource = renderObject(call, record);
  const done = {
    kind: "storage#rewriteResponse",
    totalBytesRewritten: String(record.size),
    objectSize: String(record.size),
    done: true,
    resource,
  };
  sendJson(exchange, 200, rewrite ? done : resource);
}

async function snapshot(
  call: JsonCall,
  address: { bucket: string; name: string; generation: number | undefined },
): Promise<[ObjectRecord, Staged]> {
  const { state, exchange } = call;
  const [record, handle] = await state.objects.open(address, (found) => {
    checkKey(found, customerKeyOf(exchange, "x-goog-copy-source-"));
    checkPreconditions(preconditionsOf(exchange, "Source"), found, "write");
  });
  await handle.close();
  try {
    return [record, await state.staging.copy(state.objects.bodyPath(record), record)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw objectNotFound(address.bucket, address.name);
    throw error;
  }
}

async function place(
  call: JsonCall,
  target: { bucket: string; name: string },
  staged: Staged,
  fields: ReturnType<typeof parseObjectBody>["fields"],
  componentCount: number | undefined,
): Promise<ObjectRecord> {
  const { state, exchange, caller } = call;
  try {
    return await state.objects.create({
      ...target,
      staged,
      fields,
      conditions: preconditionsOf(exchange),
      customerKey: customerKeyOf(exchange),
      ...(componentCount !== undefined && { componentCount }),
      authorizeOverwrite: () => {
        state.access.bucket(caller, "storage.objects.delete", target.bucket, "json");
      },
    });
  } catch (error) {
    await state.staging.discard(staged);
    throw error;
  }
}

const numberOf = (value: string | number | undefined): number | undefined =>
  value === undefined ? undefined : wholeNumber(String(value), "generation");
