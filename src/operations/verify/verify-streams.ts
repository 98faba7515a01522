import { keyText } from '../../database/table.js';
import { StoreError } from '../../errors.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { ScannedEvent } from '../../events/log/event-log.js';
import { streamsTable } from '../../events/log/log-tables.js';
import type { FoldedUsers } from '../../projections/folding/fold-store.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { livePages } from './compare-rows.js';
import type { Finding } from './verify-log.js';

/** Findings that are kept; a store with more has been understood. */
const MAX_LISTED_FINDINGS = 100;

/** Checks each stream: versions without a gap, one number, a row of its own, and events that can be read. */
export class VerifyStreams {
  readonly findings: Finding[] = [];
  /** The streams of this moment's users. */
  private streams = new Map<string, { streamKey: number; version: number }>();

  constructor(private readonly decoder: Pick<EventDecoder, 'decodeScanned'>) {}

  /** Takes an event, in the order of its user's positions. */
  event(stored: ScannedEvent): void {
    const { position, userId, streamId, streamKey, version } = stored;
    const id = keyText([userId, streamId]);
    const before = this.streams.get(id) ?? { streamKey: position, version: 0 };
    if (version !== before.version + 1) {
      const what = `${streamId} goes from version ${before.version} to ${version}`;
      this.found({ check: 'stream', position, what });
    }
    if (streamKey !== before.streamKey) {
      this.found({
        check: 'stream',
        position,
        what: `${streamId} has the number ${streamKey}, not ${before.streamKey}`,
      });
    }
    this.streams.set(id, { streamKey: before.streamKey, version });
    try {
      this.decoder.decodeScanned(stored);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.found({ check: 'event', position, what: error.message });
    }
  }

  /** Compares with the streams that the database knows of these users. */
  async moment(reader: Pick<StoreReader, 'rows'>, folded: FoldedUsers): Promise<void> {
    for await (const page of livePages(reader, streamsTable, folded)) {
      for (const row of page) this.known(row as { userId: string; streamId: string });
    }
    // An event whose stream is not known is not read at all: a gap of positions says so.
    this.streams = new Map();
  }

  private known({ userId, streamId }: { userId: string; streamId: string }): void {
    if (!this.streams.delete(keyText([userId, streamId])))
      this.found({ check: 'stream', what: `${streamId} of ${userId} is known, but has no events` });
  }

  private found(finding: Finding): void {
    if (this.findings.length < MAX_LISTED_FINDINGS) this.findings.push(finding);
  }
}
