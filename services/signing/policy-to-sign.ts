import type { Endpoint } from "./types.ts";

/** A condition on a form field besides those that its fixed fields are. */
export type PolicyCondition =
  /** The field, without `$`, begins with `value`; an empty value allows anything. */
  | { readonly startsWith: string; readonly value: string }
  /** Size of the file in bytes, both ends included. Only a form can allow a range of sizes. */
  | { readonly contentLengthRange: readonly [least: number, most: number] };

/** An upload by an HTML form. https://docs.cloud.google.com/storage/docs/authentication/signatures#policy-document */
export interface PolicyToSign {
  readonly bucket: string;
  /** The name of the object, or `{ under }` a prefix, ending in `/`, to which the form adds the file's own name. */
  readonly object: string | { readonly under: string };
  /** Fields that the form must send as they are, e.g. `content-type`, `success_action_status`, `x-goog-meta-*`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly conditions?: readonly PolicyCondition[] | undefined;
  /** 1 to 604800, and to 43200 with a `blob` key. */
  readonly ttlSeconds: number;
  readonly at: Date;
  /** @default https://storage.googleapis.com, path style */
  readonly endpoint?: Endpoint | undefined;
}
