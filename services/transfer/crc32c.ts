/** Reversed Castagnoli polynomial. https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const polynomial = 0x82f63b78;

/** `tables[256 * n + b]`: the checksum of byte b followed by n zero bytes, so that eight bytes are taken at a time. */
const tables = makeTables();

function makeTables(): Uint32Array {
  const made = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    made[byte] = crc;
  }
  for (let index = 256; index < made.length; index += 1) {
    const crc = made[index - 256] ?? 0;
    made[index] = (crc >>> 8) ^ (made[crc & 0xff] ?? 0);
  }
  return made;
}

const look = (zeros: number, byte: number): number => tables[256 * zeros + (byte & 0xff)] ?? 0;

/**
 * CRC32C, the checksum that Cloud Storage keeps of every object. node:zlib has only the other CRC-32.
 * @param previous checksum of the bytes before these @default 0
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = ~previous;
  let position = 0;
  for (; position + 8 <= view.byteLength; position += 8) {
    const low = crc ^ view.getInt32(position, true);
    const high = view.getInt32(position + 4, true);
    crc =
      look(7, low) ^
      look(6, low >>> 8) ^
      look(5, low >>> 16) ^
      look(4, low >>> 24) ^
      look(3, high) ^
      look(2, high >>> 8) ^
      look(1, high >>> 16) ^
      look(0, high >>> 24);
  }
  for (; position < view.byteLength; position += 1)
    crc = (crc >>> 8) ^ look(0, crc ^ view.getUint8(position));
  return ~crc >>> 0;
}

/**
 * The checksum of two pieces together, from the checksum of each: what makes ranges that arrive in any order
 * checkable without a second reading. The first checksum is carried over the length of the second by squaring the
 * operator "one zero bit more", as zlib's crc32_combine does.
 */
export function combineCrc32c(first: number, second: number, secondLength: number): number {
  let carried = first;
  // "One zero bit more", squared three times: one zero byte more.
  let operator = squared(squared(squared(oneZeroBit)));
  for (let rest = secondLength; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) carried = applied(operator, carried);
    if (rest > 1) operator = squared(operator);
  }
  return (carried ^ second) >>> 0;
}

/** Column b is what bit b of a checksum becomes. */
type Operator = readonly number[];
const oneZeroBit: Operator = [polynomial, ...Array.from({ length: 31 }, (_, bit) => 2 ** bit)];

function applied(operator: Operator, checksum: number): number {
  let sum = 0;
  for (let bit = 0, rest = checksum; rest !== 0; bit += 1, rest >>>= 1)
    if (rest & 1) sum ^= operator[bit] ?? 0;
  return sum >>> 0;
}

const squared = (operator: Operator): Operator => operator.map((column) => applied(operator, column));

/** Base64 of the four bytes, most significant first: the form of the `x-goog-hash` header and of object metadata. */
export function encodeCrc32c(checksum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum);
  return bytes.toString("base64");
}

/** The MD5 in `x-goog-hash`, base64: objects made of parts have none. */
export function md5Of(hashes: string | readonly string[] | undefined): string | undefined {
  return /(?:^|,)\s*md5=([A-Za-z0-9+/]{22}==)\s*(?:,|$)/.exec([hashes ?? []].flat().join(","))?.[1];
}

/** The CRC32C in `x-goog-hash: crc32c=…,md5=…`, which may come as one header or as two. */
export function crc32cOf(hashes: string | readonly string[] | undefined): string | undefined {
  return /(?:^|,)\s*crc32c=([A-Za-z0-9+/]{6}==)\s*(?:,|$)/.exec([hashes ?? []].flat().join(","))?.[1];
}
