import { planParts, uploadParts } from "../../transfer/index.ts";
import { whileAway } from "../lease/back-off.ts";
import type { OutputFile } from "./outputs.ts";
import type { TransferContext } from "./transfer-context.ts";

/** The coordinator has to assemble the object; meanwhile nothing else is asked of it. */
const abortMs = 5000;

/** Whether an output is too large for one request: a broken connection would cost too much of it. */
export const isInParts = ({ size }: Pick<OutputFile, "size">): boolean =>
  planParts(size).kind === "multipart";

/**
 * Uploads one output in parts: the coordinator starts and completes the upload, and signs its parts. What fails is
 * aborted, so that no part is left behind to be paid for.
 */
export async function uploadInParts(
  { coordinator, session, signal, pace }: TransferContext,
  file: OutputFile,
): Promise<void> {
  const { name, contentType, size } = file;
  const { upload, partBytes } = await whileAway(signal, () =>
    coordinator.startMultipart(session.credential(), { name, contentType, size }, signal),
  );
  try {
    const { parts, crc32c } = await uploadParts(
      file.file,
      async (wanted) => {
        const asked = { upload, parts: [...wanted] };
        const signed = await whileAway(signal, () =>
          coordinator.signParts(session.credential(), asked, signal),
        );
        return signed.parts;
      },
      { partBytes, signal, pace },
    );
    const done = { upload, parts: [...parts], size, crc32c };
    await whileAway(signal, () => coordinator.completeMultipart(session.credential(), done, signal));
  } catch (error) {
    // Without success the bucket's lifecycle rule sweeps the parts away.
    await coordinator
      .abortMultipart(session.credential(), { upload }, AbortSignal.timeout(abortMs))
      .catch(() => undefined);
    throw error;
  }
}
