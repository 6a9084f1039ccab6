import { randomBytes, randomUUID } from "node:crypto";
import type { Bucket } from "@google-cloud/storage";
import { z } from "zod";
import { jobIdSchema } from "../../protocol/index.ts";
import type { HeldSlot, SlotStore } from "../ports.ts";
import { statusOf } from "./google-error.ts";
import { writeSmallObject } from "./small-object.ts";

/** Slots looked at in one call of `takenBefore`. */
const mostAtOnce = 200;

const slotMetadata = z.object({
  generation: z.coerce.string().regex(/^\d+$/),
  metadata: z.object({
    job: jobIdSchema,
    attempt: z.coerce.number().int().positive(),
    at: z.iso.datetime(),
    writer: z.string(),
  }),
});

/**
 * Slots as empty objects `{prefix}slots/{pod's UID}/{number}`, whose metadata tells the rest: that is consistent in both
 * regions at once (https://docs.cloud.google.com/storage/docs/consistency).
 *
 * @param prefix where the job records are
 */
export function slotsIn(bucket: Bucket, prefix: string): SlotStore {
  const folder = `${prefix}slots/`;
  const read = async (name: string): Promise<(HeldSlot & { readonly writer: string }) | undefined> => {
    try {
      const [metadata] = await bucket.file(`${folder}${name}`).getMetadata();
      return heldOf(metadata);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  };
  return {
    read,
    async hold(name, { jobId, attempt, at }, expected) {
      const writer = randomUUID();
      try {
        const written = await writeSmallObject(bucket, `${folder}${name}`, "", {
          ifGenerationMatch: expected,
          metadata: {
            contentType: "application/json",
            metadata: { job: jobId, attempt: String(attempt), at: at.toISOString(), writer },
          },
        });
        return heldOf(written)?.generation;
      } catch (error) {
        if (statusOf(error) !== 412) throw error;
      }
      // The client repeats a write whose answer was lost, and meets its own first try.
      const found = await read(name);
      return found?.writer === writer ? found.generation : undefined;
    },
    async free(name, generation) {
      try {
        await bucket.file(`${folder}${name}`).delete({ ifGenerationMatch: generation });
      } catch (error) {
        if (statusOf(error) !== 404 && statusOf(error) !== 412) throw error;
      }
    },
    async takenBefore(time) {
      // UIDs are random: beginning anywhere, each has its turn.
      const startOffset = `${folder}${randomBytes(1).toString("hex")}`;
      const [files] = await bucket.getFiles({
        prefix: folder,
        startOffset,
        autoPaginate: false,
        maxResults: mostAtOnce,
      });
      return files.flatMap((file) => {
        const held = heldOf(file.metadata);
        return held !== undefined && held.slot.at < time
          ? [{ ...held, name: file.name.slice(folder.length) }]
          : [];
      });
    },
  };
}

function heldOf(metadata: unknown): (HeldSlot & { readonly writer: string }) | undefined {
  const parsed = slotMetadata.safeParse(metadata);
  if (!parsed.success) return undefined;
  const { generation, metadata: told } = parsed.data;
  const { job: jobId, attempt, at, writer } = told;
  return { generation, slot: { jobId, attempt, at: new Date(at) }, writer };
}
