import XMLBuilder from "fast-xml-builder";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";

/** Texts stay as they are written: an upload id of digits is no number, and a name may begin with a space. */
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === "Upload",
});
const builder = new XMLBuilder({ format: false });

/** Elements that are not there are undefined; a list that is empty has white space for text, or nothing. */
const optionalText = z.string().optional().catch(undefined);
const answerSchema = z.looseObject({
  Error: z.looseObject({ Code: optionalText }).optional().catch(undefined),
  InitiateMultipartUploadResult: z.looseObject({ UploadId: optionalText }).optional().catch(undefined),
  ListMultipartUploadsResult: z
    .looseObject({
      IsTruncated: optionalText,
      NextKeyMarker: optionalText,
      NextUploadIdMarker: optionalText,
      Upload: z
        .array(z.looseObject({ Key: optionalText, UploadId: optionalText }))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** What a store's XML says; what is no XML, or says something else, says nothing. */
export function readAnswer(text: string): z.infer<typeof answerSchema> {
  try {
    return answerSchema.safeParse(parser.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

/** The document that completes an upload in parts. */
export const completionXml = (parts: readonly { readonly number: number; readonly etag: string }[]): string =>
  builder.build({
    CompleteMultipartUpload: {
      Part: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })),
    },
  });
