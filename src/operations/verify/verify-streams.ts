import { keyText } from '../../database/table.js';
import { StoreError } from '../../errors.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { ScannedEvent } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import { streamsTable } from '../../events/log/log-tables.js';
import { currentSpelling } from '../../events/streams.js';
import { livePages } from '../../projections/folding/compare-rows.js';
import type { FoldedUsers } from '../../projections/folding/fold-store.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { Finding } from './verify-log.js';

/** Findings that are reported; more would add nothing to the diagnosis. */
const MAX_LISTED_FINDINGS = 100;

/** Checks each stream: versions without gaps, one stream key, no row without events, decodable events. */
export class VerifyStreams {
  readonly findings: Finding[] = [];
  /** Streams of the users in the current snapshot. */
  private streams = new Map<string, { streamKey: number; version: number }>();

  constructor(private readonly decoder: Pick<EventDecoder, 'decodeScanned'>) {}

  /** Checks an event. A user's events must come in the order of their positions. */
  takeEvent(stored: ScannedEvent): void {
    const { position, userId, streamId, streamKey, version } = stored;
    const id = keyText([userId, streamId]);
    const before = this.streams.get(id) ?? { streamKey: position, version: 0 };
    if (version !== before.version + 1) {
      const what = `${streamId} goes from version ${before.version} to ${version}`;
      this.addFinding({ check: 'stream', position, what });
    }
    if (streamKey !== before.streamKey) {
      this.addFinding({
        check: 'stream',
        position,
        what: `${streamId} has the stream key ${streamKey}, not ${before.streamKey}`,
      });
    }
    this.streams.set(id, { streamKey: before.streamKey, version });
    if (isErased(stored)) return;
    try {
      this.decoder.decodeScanned(stored);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.addFinding({ check: 'event', position, what: error.message });
    }
  }

  /** Compares the streams of these users with their rows in the streams table. */
  async endSnapshot(reader: Pick<StoreReader, 'rows'>, folded: FoldedUsers): Promise<void> {
    for await (const page of livePages(reader, streamsTable, folded, [])) {
      for (const row of page) this.checkRow(row as { userId: string; streamId: string });
    }
    // An event whose stream has no row is not read at all; it is reported as a position gap.
    this.streams = new Map();
  }

  private checkRow({ userId, streamId }: { userId: string; streamId: string }): void {
    // The hash chain covers the first spelling, so it does not show that the current one was changed to that.
    if (currentSpelling(userId, streamId) !== streamId)
      this.addFinding({
        check: 'stream',
        what: `${streamId} of ${userId} has the spelling of an older release`,
      });
    if (!this.streams.delete(keyText([userId, streamId])))
      this.addFinding({
        check: 'stream',
        what: `${streamId} of ${userId} has a row in the streams table, but no events`,
      });
  }

  private addFinding(finding: Finding): void {
    if (this.findings.length < MAX_LISTED_FINDINGS) this.findings.push(finding);
  }
}
