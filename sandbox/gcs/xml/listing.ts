import { wholeNumber } from "../json/request.ts";
import { listPage } from "../names.ts";
import type { ObjectRecord } from "../object-schema.ts";
import { xmlEtag, type XmlCall } from "./objects.ts";
import { element, sendXml } from "./render.ts";

const MAX_KEYS = 1000;

/** `GET /bucket`, version 1 and `list-type=2`. */
export function xmlList({ state, exchange, caller }: XmlCall, bucket: string): void {
  state.access.bucket(caller, "storage.objects.list", bucket, "xml");
  const { query } = exchange;
  const second = query.get("list-type") === "2";
  const token = query.get("continuation-token");
  const max = Math.min(wholeNumber(query.get("max-keys"), "max-keys") ?? MAX_KEYS, MAX_KEYS);
  const asked = {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    marker: second ? (query.get("start-after") ?? "") : (query.get("marker") ?? ""),
  };
  const after = token === undefined ? asked.marker : Buffer.from(token, "base64url").toString();
  const index = state.objects.index(bucket);
  const page =
    max === 0
      ? { names: [], prefixes: [] }
      : listPage(index.names(false), { ...asked, startOffset: "", endOffset: "", after, max });
  const url = query.get("encoding-type") === "url";
  const name = (text: string): string => (url ? encodeURIComponent(text).replaceAll("%2F", "/") : text);
  const { next } = page;
  const following = next === undefined ? [] : second ? nextToken(next) : [element("NextMarker", name(next))];
  const parts = [
    element("Name", bucket),
    element("Prefix", name(asked.prefix)),
    ...(asked.delimiter === "" ? [] : [element("Delimiter", name(asked.delimiter))]),
    ...(url ? [element("EncodingType", "url")] : []),
    ...(second
      ? [element("KeyCount", page.names.length + page.prefixes.length), element("MaxKeys", max)]
      : [element("Marker", name(asked.marker)), element("MaxKeys", max)]),
    ...(second && asked.marker !== "" ? [element("StartAfter", name(asked.marker))] : []),
    ...(token === undefined ? [] : [element("ContinuationToken", token)]),
    element("IsTruncated", next !== undefined),
    ...following,
    ...page.names.flatMap((key) => contents(index.live(key), name)),
    ...page.prefixes.map((prefix) => `<CommonPrefixes>${element("Prefix", name(prefix))}</CommonPrefixes>`),
  ];
  const namespace = "http://doc.s3.amazonaws.com/2006-03-01";
  sendXml(exchange, 200, `<ListBucketResult xmlns='${namespace}'>${parts.join("")}</ListBucketResult>`);
}

const nextToken = (next: string): string[] => [
  element("NextContinuationToken", Buffer.from(next).toString("base64url")),
];

function contents(record: ObjectRecord | undefined, name: (text: string) => string): string[] {
  if (record === undefined) return [];
  const parts = [
    element("Key", name(record.name)),
    element("Generation", record.generation),
    element("MetaGeneration", record.metageneration),
    element("LastModified", record.updated),
    element("ETag", xmlEtag(record)),
    element("Size", record.size),
  ];
  return [`<Contents>${parts.join("")}</Contents>`];
}
