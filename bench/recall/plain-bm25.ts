import Database from 'better-sqlite3';
import { eng } from 'stopword';
import type { History } from './histories.ts';

const stopwords = new Set(eng);

/**
 * The yardstick: FTS5 as it comes, one index of the user's own, Porter stems, any of the question's words
 * without stopwords, ranked by its bm25. Returns the function that searches.
 */
export function plainBm25({ memories }: History): (q: string, limit: number) => string[] {
  const db = new Database(':memory:');
  db.exec(`create virtual table texts using fts5 (body, tokenize = 'porter unicode61')`);
  const insert = db.prepare('insert into texts (rowid, body) values (?, ?)');
  db.transaction(() => {
    for (const [i, { content, context = '' }] of memories.entries()) insert.run(i, `${content} ${context}`);
  })();
  const find = db.prepare('select rowid from texts where texts match ? order by rank limit ?').pluck();
  return (q, limit) => {
    const words = q.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const telling = words.filter((word) => !stopwords.has(word));
    const any = (telling.length > 0 ? telling : words).map((word) => `"${word}"`).join(' OR ');
    if (!any) return [];
    return (find.all(any, limit) as number[]).map((row) => memories[row]!.id);
  };
}
