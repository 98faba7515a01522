import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { StoredEvent } from '../../src/events/log/event-log.js';

const FOLDER = join(import.meta.dirname, '../fixtures/stored-events');

/** A stored event, with the type and schema version from the name of its file. */
export interface StoredFixture {
  type: string;
  schemaVersion: number;
  stored: StoredEvent;
}

/** Every fixture; each file is named after the type and schema version of its event. */
export function storedFixtures(): StoredFixture[] {
  return globSync(`${FOLDER}/*`)
    .toSorted()
    .map((file) => {
      const [, type = '', version = ''] = /^(.+)\.v(\d+)\.json$/.exec(basename(file)) ?? [];
      const stored = JSON.parse(readFileSync(file, 'utf8')) as StoredEvent;
      return { type, schemaVersion: Number(version), stored };
    });
}

/** The stored event of one type and schema version. */
export function storedFixture(type: string, schemaVersion = 1): StoredEvent {
  const fixture = storedFixtures().find((each) => each.type === type && each.schemaVersion === schemaVersion);
  if (!fixture) throw new Error(`There is no fixture ${type}.v${schemaVersion}.json.`);
  return fixture.stored;
}
