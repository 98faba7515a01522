// How much each user writes, and how the words are spread over the user's own day.
// npm run edgesoul -- replay --fold examples/words-per-user.ts --out words.parquet
import { defineFold } from 'edgesoul-store/replay';

interface Words {
  turns: number;
  words: number;
  /** Words by hour of the user's local day, 24 counts. */
  byHour: number[];
  firstAt: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export default defineFold<Words>({
  name: 'words-per-user',
  key: (event) => (event.type === 'turn.recorded' ? event.userId : undefined),
  fold: (row, event) => {
    if (event.type !== 'turn.recorded') return row;
    const words = event.data.userMessage.split(/\s+/).filter((word) => word !== '').length;
    const local = event.occurredAt + event.utcOffset * MINUTE_MS;
    const hour = Math.floor(local / HOUR_MS) % 24;
    const byHour = row?.byHour ?? Array.from({ length: 24 }, () => 0);
    return {
      turns: (row?.turns ?? 0) + 1,
      words: (row?.words ?? 0) + words,
      byHour: byHour.with(hour, (byHour[hour] ?? 0) + words),
      firstAt: Math.min(row?.firstAt ?? event.occurredAt, event.occurredAt),
    };
  },
  columns: { turns: 'integer', words: 'integer', byHour: 'json', firstAt: 'timestamp' },
});
