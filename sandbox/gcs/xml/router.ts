import { methodNotAllowed, notModelled } from "../errors.ts";
import { send, type Exchange } from "../http/exchange.ts";
import type { State } from "../state.ts";
import { locate } from "./address.ts";
import { authenticateXml } from "./authenticate.ts";
import { xmlList } from "./listing.ts";
import { xmlListUploads, xmlMultipart } from "./multipart.ts";
import { continueXmlUpload, xmlObject, type XmlCall } from "./objects.ts";

/** Parts of a bucket or object that are addressed by a query parameter and not modelled. */
const SUBRESOURCES =
  "acl attributes billing compose cors delete encryption encryptionConfig legal-hold lifecycle location logging object-lock policy publicAccessBlock restore retention storageClass tagging versioning versions website".split(
    " ",
  );

/** Headers that change what is stored or returned in ways that the store cannot. */
const UNMODELLED_HEADERS =
  /^x-(?:goog|amz)-(?:server-side-encryption|copy-source|acl$|grant-|content-length-range|metadata-directive|interop-list)/;

export async function handleXml(state: State, exchange: Exchange): Promise<void> {
  const session = exchange.query.get("upload_id");
  // A session URI is itself a credential: its bearer may write.
  if (session !== undefined && ["PUT", "DELETE"].includes(exchange.method)) {
    return continueXmlUpload(state, exchange, session);
  }
  const { bucket, object } = locate(
    exchange.host,
    exchange.rawPath,
    (name) => state.buckets.find(name) !== undefined,
  );
  const call: XmlCall = { state, exchange, caller: authenticateXml(state, exchange) };
  const part = SUBRESOURCES.find((name) => exchange.query.has(name));
  if (part !== undefined) throw notModelled(`?${part} of the XML API`);
  const header = Object.keys(exchange.request.headers).find((name) => UNMODELLED_HEADERS.test(name));
  if (header !== undefined) throw notModelled(`The header ${header}`);
  const multipart = exchange.query.has("uploads") || exchange.query.has("uploadId");
  if (multipart && bucket !== undefined) {
    if (object !== undefined) return xmlMultipart(call, { bucket, name: object });
    xmlListUploads(call, bucket);
    return;
  }
  if (exchange.query.has("partNumber")) throw notModelled("partNumber without uploadId");
  if (bucket === undefined) throw notModelled("The service level of the XML API");
  if (object !== undefined) return xmlObject(call, { bucket, name: object });
  switch (exchange.method) {
    case "GET":
      xmlList(call, bucket);
      return;
    case "HEAD":
      state.access.bucket(call.caller, "storage.buckets.get", bucket, "xml");
      send(exchange, 200, { "x-goog-metageneration": String(state.buckets.get(bucket).metageneration) });
      return;
    case "PUT":
    case "POST":
    case "DELETE":
      throw notModelled(`${exchange.method} on a bucket by the XML API (the JSON API has it)`);
    default:
      throw methodNotAllowed(exchange.method);
  }
}
