import { z } from "zod";

const withStatus = z.object({ status: z.coerce.number() });
const withCode = z.object({ code: z.coerce.number() });

/** The HTTP status in an error of Google's storage client, which calls it `status` or `code`. */
export const statusOf = (error: unknown): number | undefined =>
  withStatus.safeParse(error).data?.status ?? withCode.safeParse(error).data?.code;
