/** Converts a UUID's text into its 16 bytes, less than half the size. */
export function uuidBytes(uuid: string): Uint8Array {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** Converts the 16 bytes of a UUID into its text. */
export function uuidText(bytes: Uint8Array): string {
  return dashedUuid(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex'));
}

/** Converts the 32 hex digits of a UUID into its text. */
export function dashedUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
