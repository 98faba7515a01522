import type { Row, RowSource } from './row.js';

/** Size at which a chunk of text is passed on, in characters. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Yields the text of each row, after the header, as chunks of UTF-8. */
export async function* chunkedText(
  header: string,
  rows: RowSource,
  textOf: (row: Row) => string,
): AsyncGenerator<Uint8Array, void> {
  let text = header;
  for await (const row of rows) {
    text += textOf(row as Row);
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
