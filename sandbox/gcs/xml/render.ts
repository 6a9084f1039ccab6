import { StorageError } from "../errors.ts";
import { send, type Reply } from "../http/exchange.ts";

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for an element. Control characters have no plain form in XML 1.0; a reference is what S3 and Google send. */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign)
    .replace(/(?![\t\n])\p{Cc}/gu, (sign) => `&#x${sign.charCodeAt(0).toString(16)};`);
}

export function element(name: string, text: string | number | boolean): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`;
}

export function sendXml(
  exchange: Reply,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  send(
    exchange,
    status,
    { "content-type": "application/xml; charset=UTF-8", ...headers },
    `<?xml version='1.0' encoding='UTF-8'?>${body}`,
  );
}

/** Google's error document: Code, Message, Details and what belongs to the error. */
export function sendXmlError(exchange: Reply, error: unknown): void {
  if (!(error instanceof StorageError)) {
    const message = element("Message", "We encountered an internal error. Please try again.");
    sendXml(exchange, 500, `<Error>${element("Code", "InternalError")}${message}</Error>`);
    return;
  }
  const { status, code, message, xmlMessage, elements, headers } = error.refusal;
  if (status === 304) {
    send(exchange, status, { ...headers });
    return;
  }
  const more = { ...(xmlMessage !== undefined && { Details: message }), ...elements };
  const parts = Object.entries(more).map(([name, text]) => element(name, text));
  sendXml(
    exchange,
    status,
    `<Error>${element("Code", code)}${element("Message", xmlMessage ?? message)}${parts.join("")}</Error>`,
    { ...headers },
  );
}
