import type { Bucket } from "@google-cloud/storage";
import { z } from "zod";
import { storageUriSchema } from "../../protocol/index.ts";
import type { InputIndex } from "../ports.ts";
import { statusOf } from "./google-error.ts";
import { writeSmallObject } from "./small-object.ts";

/** Longest object name in bytes of UTF-8. https://docs.cloud.google.com/storage/docs/objects#naming */
const longestName = 1024;
const atOnce = 20;

const noted = z.object({ metadata: z.object({ input: storageUriSchema }) });

/**
 * Inputs as empty objects `{prefix}inputs/gs/BUCKET/OBJECT`, so that those below an address are one list. A name that is
 * too long is cut; output prefixes are far shorter.
 *
 * @param prefix where the job records are
 */
export function inputsIn(bucket: Bucket, prefix: string): InputIndex {
  const nameOf = (uri: string): string => cut(`${prefix}inputs/${uri.replace("://", "/")}`);
  return {
    async note(uri) {
      const name = nameOf(uri);
      // Many jobs may read one input, and a name takes one write a second.
      if (await isThere(bucket, name)) return;
      try {
        const metadata = { contentType: "application/json", metadata: { input: uri } };
        await writeSmallObject(bucket, name, "", { metadata, ifGenerationMatch: "0" });
      } catch (error) {
        if (statusOf(error) !== 412) throw error;
      }
    },
    async below(address) {
      const [files] = await bucket.getFiles({
        prefix: nameOf(address),
        autoPaginate: false,
        maxResults: atOnce,
      });
      return files.flatMap(({ metadata }) => noted.safeParse(metadata).data?.metadata.input ?? []);
    },
    async forget(uri) {
      await bucket.file(nameOf(uri)).delete({ ignoreNotFound: true });
    },
  };
}

async function isThere(bucket: Bucket, name: string): Promise<boolean> {
  try {
    await bucket.file(name).getMetadata();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** Cut to whole characters. */
function cut(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name;
  let kept = "";
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > longestName) break;
    kept += character;
  }
  return kept;
}
