import { chainHash, GENESIS } from '../../src/events/log/event-hash.js';
import { readStore } from '../../src/store/open-store-reader.js';
import { databaseFile } from '../../src/store/sqlite/data-folder.js';
import type { Store } from './store.js';
import { tamperWith } from './tampered-store.js';

/** Changes the data and hash of the last event of a stopped store, so that its chain stays unbroken. */
export async function rewriteLastEvent(store: Store, change: (data: string) => string): Promise<void> {
  const url = store.databaseUrl;
  const { position, data, hash } = await readStore(
    url ? { url } : { file: databaseFile(store.dataDir) },
    async (reader) => {
      const { position: last } = await reader.head();
      const events = await reader.events({ after: Math.max(0, last - 2), limit: 2 });
      const event = events.at(-1);
      if (!event || typeof event.data !== 'string') throw new Error('There is no last event with text.');
      const changed = { ...event, data: change(event.data) };
      return { ...changed, hash: chainHash(events.at(-2)?.hash ?? GENESIS, changed) };
    },
  );
  const bytes = url ? `'\\x${hash}'` : `x'${hash}'`;
  const text = data.replaceAll("'", "''");
  await tamperWith(store, `update events set data = '${text}', hash = ${bytes} where position = ${position}`);
}
