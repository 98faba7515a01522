/** An event's data as stored in the database. */
export type StoredData = string | Uint8Array;

/** Converts event data to stored data and back: the place for compression or per-user encryption. */
export interface EventCodec {
  encode(data: object, userId: string): StoredData;
  decode(stored: StoredData, userId: string): unknown;
}

/** Plain JSON text. */
export const jsonCodec: EventCodec = {
  encode: (data) => JSON.stringify(data),
  decode: (stored) =>
    JSON.parse(typeof stored === 'string' ? stored : Buffer.from(stored).toString()) as unknown,
};
