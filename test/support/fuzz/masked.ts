const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Times of this decade: the drawn requests name others. */
const NOW = /20[2-9]\d-\d\d-\d\d[T ]\d\d[:-]\d\d[:-]\d\d(?:[.-]\d+)?Z?/g;
const HASH = /\b[0-9a-f]{32,128}\b/g;
/** A cursor, or the id of a receipt, is made of ids and times, compressed. */
const OPAQUE = /"(nextCursor|receiptId|edgesoul-receipt)"([:,])"[^"]*"/g;
/** Where the test keeps a store. */
const FOLDER = /edgesoul-e2e-\w+/g;
/** Figures of files and clocks, which no two stores have in common; means of sessions count milliseconds. */
const MEASURED =
  /"(uptimeSeconds|avgSessionMinutes|averageSessionMinutes|avg_session_length|average_session_length|slopePerDay|databaseBytes|walBytes|bytesPerEvent|behindSeconds|durationMs|ms|eventsPerSecond|etaSeconds)":-?[\d.]+/g;

/**
 * Replaces what differs between two stores that were sent the same: each id by the number of its first
 * appearance, and times and hashes by a word. One instance per store.
 */
export class Masked {
  private readonly seen = new Map<string, number>();

  of(text: string): string {
    return text
      .replaceAll(UUID, (id) => `<id ${this.numberOf(id)}>`)
      .replaceAll(OPAQUE, '"$1"$2"<opaque>"')
      .replaceAll(FOLDER, '<folder>')
      .replaceAll(NOW, '<time>')
      .replaceAll(HASH, '<hash>')
      .replaceAll(MEASURED, (_, name: string) => `"${name}":<figure>`);
  }

  private numberOf(id: string): number {
    const known = this.seen.get(id) ?? this.seen.size;
    this.seen.set(id, known);
    return known;
  }
}
