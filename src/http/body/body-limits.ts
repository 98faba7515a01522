const MIB = 1024 * 1024;

/**
 * What the fields of a command allow fits in, also with every letter escaped: two messages of 64,000
 * characters, each sent as two escaped surrogates (12 bytes).
 */
const COMMAND_MIB = 2;
const BATCH_MIB = 16;
const BATCH_ROUTE = '/v1/commands';

/** The largest body of a command, bytes. */
export const COMMAND_BODY_BYTES = COMMAND_MIB * MIB;

/** Returns the size of the largest body that a route takes, MiB. */
export function bodyMebibytes(route: string): number {
  return route === BATCH_ROUTE ? BATCH_MIB : COMMAND_MIB;
}

/** Returns the size of the largest body that a route takes, bytes. */
export function bodyBytes(route: string): number {
  return bodyMebibytes(route) * MIB;
}
