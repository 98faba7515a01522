/** Fewest and most numbers of an embedding. */
export const MIN_DIMENSIONS = 8;
export const MAX_DIMENSIONS = 4_096;
/** What `isVectorText` demands. */
export const VECTOR_RULE = 'the Base64 of 8 to 4,096 finite float32s, little-endian, not all of them 0';

const BYTES = Float32Array.BYTES_PER_ELEMENT;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Returns numbers as the Base64 of float32s, little-endian; undefined if each of them is 0 as a float32. */
export function vectorText(numbers: readonly number[]): string | undefined {
  const bytes = Buffer.alloc(numbers.length * BYTES);
  for (const [i, number] of numbers.entries()) bytes.writeFloatLE(number, i * BYTES);
  return bytes.every((byte, i) => byte === 0 || (byte === 0x80 && i % BYTES === BYTES - 1))
    ? undefined
    : bytes.toString('base64');
}

/** Returns the numbers of a text that `vectorText` returned. */
export function vectorOf(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: dimensionsOf(text) }, (_, i) => bytes.readFloatLE(i * BYTES));
}

/** How many numbers such a text has. */
export function dimensionsOf(text: string): number {
  return Buffer.byteLength(text, 'base64') / BYTES;
}

/** Whether `vectorText` may have returned the value: of 8 to 4,096 finite numbers, not all of them 0. */
export function isVectorText(value: unknown): value is string {
  if (typeof value !== 'string' || !BASE64.test(value) || value.length % 4 !== 0) return false;
  const dimensions = dimensionsOf(value);
  if (!Number.isInteger(dimensions) || dimensions < MIN_DIMENSIONS || dimensions > MAX_DIMENSIONS)
    return false;
  const numbers = vectorOf(value);
  return numbers.every((number) => Number.isFinite(number)) && numbers.some((number) => number !== 0);
}
