import type { Bucket } from "@google-cloud/storage";
import { jobIdSchema } from "../../protocol/index.ts";
import { writeSmallObject } from "../stores/small-object.ts";
import type { Reminder, Reminders } from "../ports.ts";

/** Reminders handled in one round. */
const mostAtOnce = 500;

/**
 * Notes as empty objects `{prefix}clean-up/{time}-{job}`: a list in order of names is one in order of time.
 *
 * @param prefix where the job records are
 */
export function remindersIn(bucket: Bucket, prefix: string): Reminders {
  const folder = `${prefix}clean-up/`;
  const stamp = (at: Date): string => at.toISOString().replace(/[-:]/g, "");
  const nameOf = ({ jobId, at }: Reminder): string => `${folder}${stamp(at)}-${jobId}`;
  return {
    async add(reminder) {
      await writeSmallObject(bucket, nameOf(reminder), "", { metadata: { contentType: "application/json" } });
    },
    async due(now) {
      const [files] = await bucket.getFiles({ prefix: folder, autoPaginate: false, maxResults: mostAtOnce });
      return files.flatMap(({ name }): Reminder[] => {
        const [, y, mo, d, h, mi, s, ms, id] =
          /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z-(.+)$/.exec(name.slice(folder.length)) ?? [];
        const jobId = jobIdSchema.safeParse(id);
        const at = new Date(
          `${y ?? ""}-${mo ?? ""}-${d ?? ""}T${h ?? ""}:${mi ?? ""}:${s ?? ""}.${ms ?? ""}Z`,
        );
        return jobId.success && at <= now ? [{ jobId: jobId.data, at }] : [];
      });
    },
    async remove(reminder) {
      await bucket.file(nameOf(reminder)).delete({ ignoreNotFound: true });
    },
  };
}
