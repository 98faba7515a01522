import type { Readable, Writable } from 'node:stream';

/**
 * Frees the memory of an answer's chunks once they are written. Left to the garbage collection, that of a
 * copy of the log made it search the whole heap of the main thread again and again, which cost more than
 * sending it.
 */
export class SentMemory {
  /** Those that may not be written yet, in their order. */
  private readonly chunks: Uint8Array<ArrayBuffer>[] = [];

  /** Takes over the memory of the next chunk of the body. */
  add(chunk: Uint8Array | string): void {
    if (typeof chunk === 'string' || !(chunk.buffer instanceof ArrayBuffer)) return;
    // A small chunk may share its memory with others.
    if (chunk.byteLength === chunk.buffer.byteLength) this.chunks.push(chunk as Uint8Array<ArrayBuffer>);
  }

  /**
   * Frees what was written to `sink`, the stream into which the body is piped. What is not written yet is in
   * the buffer of one of the two, and was added last.
   */
  free(body: Readable, sink: Writable): void {
    let kept = this.chunks.length;
    for (let waiting = body.readableLength + sink.writableLength; waiting > 0 && kept > 0;)
      waiting -= this.chunks[--kept]?.byteLength ?? 0;
    for (const { buffer } of this.chunks.splice(0, kept)) buffer.transfer(0);
  }
}
