import { pagesOf } from '../../database/pages-of.js';
import type { RowReader } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import type { StoreEventOf } from '../../events/event-catalog.js';
import { EventJson } from '../../events/event-json.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import { personReadsTable, receiptsTable, type ReceiptRow } from '../../events/log/log-tables.js';
import { rowBytes } from '../../formats/row-format.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { eventRows } from '../transfer/event-rows.js';
import { columnsOf } from '../transfer/table-columns.js';

/** Rows of one read, which may each have the texts of a turn. */
const ROWS_PER_PAGE = 200;

/** Whose archive it is, and the part of the log that is theirs. */
export interface Person {
  userId: string;
  /** Only events after this position: those before are of a former user of the id. */
  after: number;
  /** Position of the log to which everything in the archive belongs. */
  position: number;
}

type Turn = StoreEventOf<'turn.recorded'>;

/** A file of an archive. */
export interface ArchiveFile {
  name: string;
  /** What it holds, for the person who reads it. */
  about: string;
  /** Its content, made when it is asked for. */
  bytes: () => AsyncGenerator<Uint8Array, void>;
}

/** What a person reads first, by table: the names of the files, and what they hold. */
const NAMED: Readonly<Record<string, readonly [name: string, about: string]>> = {
  profiles: ['profile.json', 'who you are to the companion, and how it speaks with you'],
  learned_preferences: ['learned-preferences.ndjson', 'what it learned about you from your messages'],
  memories: ['memories.ndjson', 'what it remembers about you now'],
  conversation_sessions: ['sessions.ndjson', 'your conversations, one line each'],
  emotion_observations: ['emotions.ndjson', 'each emotion that was noticed'],
  emotion_patterns: ['emotion-patterns.ndjson', 'how often, how strongly and when each emotion was noticed'],
  emotion_triggers: ['emotion-triggers.ndjson', 'what went with each emotion'],
  context_uses: ['context-uses.ndjson', 'which contexts were put before the model, by turn'],
  memory_uses: ['memory-uses.ndjson', 'which memories were in those contexts'],
};

/** Lists the files of a person's archive, in their order; a table that a release adds is among them. */
export function archiveFiles(reader: StoreReader, person: Person): ArchiveFile[] {
  const tables = PROJECTIONS.flatMap((projection) => projection.tables);
  const isNamed = ({ name }: Table) => name in NAMED;
  return [
    ...Object.keys(NAMED)
      .flatMap((name) => tables.filter((table) => table.name === name))
      .map((table) => tableFile(reader, person, table)),
    {
      name: 'turns.ndjson',
      about: 'everything that you and the companion said, in order',
      bytes: () => lines(turns(reader, person)),
    },
    {
      name: 'events.ndjson',
      about:
        'the log: every event about you, in order, with those that were taken back (retracted); the other files follow from it',
      bytes: () => events(reader, person),
    },
    {
      name: 'answers.ndjson',
      about: 'answers that are kept so that a repeated request gets the same one',
      bytes: () => lines(answers(reader, person)),
    },
    {
      name: 'reads.ndjson',
      about: 'which keys of operators and analysts read what of you, if the service records it',
      bytes: () => lines(reads(reader, person)),
    },
    ...tables.filter((table) => !isNamed(table)).map((table) => tableFile(reader, person, table)),
  ];
}

function tableFile(reader: StoreReader, { userId }: Person, table: Table): ArchiveFile {
  const [name, about] = NAMED[table.name] ?? [
    `derived/${table.name}.ndjson`,
    'rows that the service computes from the events, to answer quickly',
  ];
  const query = { filters: [['userId', '=', userId] as const], order: table.key };
  const bytes = () => rowBytes('ndjson', columnsOf(table), rowsOf(reader, table, query));
  return { name, about, bytes: name.endsWith('.json') ? () => document(bytes()) : bytes };
}

/** The one row of a file as a document that is easy to read. */
async function* document(line: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let text = '';
  for await (const part of line) text += Buffer.from(part).toString();
  yield Buffer.from(`${JSON.stringify(text === '' ? null : JSON.parse(text), null, 2)}\n`);
}

function rangeOf({ userId, after, position }: Person) {
  return { userId, after, upTo: position, retractedAsOf: position };
}

async function* rowsOf<Row extends object>(
  reader: StoreReader,
  table: Table<Row>,
  query: Parameters<typeof pagesOf>[2],
): AsyncGenerator<Row, void> {
  const list: RowReader['list'] = (of, page) => reader.rows(of, page);
  for await (const page of pagesOf({ list }, table, query, ROWS_PER_PAGE)) yield* page;
}

/** The same lines as those of the route that reads the events of a user. */
async function* events(reader: StoreReader, person: Person): AsyncGenerator<Uint8Array, void> {
  const json = new EventJson(new EventDecoder());
  const range = rangeOf(person);
  for (let { after } = person; ;) {
    const page = await reader.events({ ...range, after, limit: ROWS_PER_PAGE });
    const last = page.at(-1);
    if (!last) return;
    yield Buffer.from(page.map((stored) => `${json.write(stored)}\n`).join(''));
    after = last.position;
  }
}

async function* turns(reader: StoreReader, person: Person): AsyncGenerator<object, void> {
  const range = { ...rangeOf(person), types: ['turn.recorded'] };
  for await (const event of eventRows(reader, range)) {
    const { turnId, sessionId, userMessage, assistantMessage, topics, emotion } = (event as Turn).data;
    const { occurredAt, utcOffset, position, retraction } = event;
    yield {
      turnId,
      sessionId,
      occurredAt: isoTime(occurredAt),
      utcOffset,
      position,
      userMessage,
      assistantMessage,
      topics,
      emotion,
      ...(retraction && { retracted: { by: retraction.retractionId, at: retraction.position } }),
    };
  }
}

/** In the order of their positions, which has an index: receipts have none by user in SQLite. */
async function* answers(reader: StoreReader, { userId, after }: Person): AsyncGenerator<object, void> {
  const query = {
    filters: [['userId', '=', userId] as const, ['position', '>', after] as const],
    order: ['position', 'keyHash', 'idempotencyKey', 'batchIndex'],
  };
  for await (const row of rowsOf<ReceiptRow>(reader, receiptsTable, query)) {
    const { idempotencyKey, batchIndex, status, body, position, recordedAt } = row;
    yield {
      idempotencyKey,
      batchIndex: batchIndex < 0 ? null : batchIndex,
      status,
      answer: JSON.parse(body) as unknown,
      position,
      recordedAt: isoTime(recordedAt),
    };
  }
}

async function* reads(reader: StoreReader, { userId }: Person): AsyncGenerator<object, void> {
  const query = { filters: [['userId', '=', userId] as const], order: personReadsTable.key };
  for await (const { userId: _own, at, ...read } of rowsOf(reader, personReadsTable, query))
    yield { at: isoTime(at), ...read };
}

async function* lines(rows: AsyncIterable<object>): AsyncGenerator<Uint8Array, void> {
  for await (const row of rows) yield Buffer.from(`${JSON.stringify(row)}\n`);
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
