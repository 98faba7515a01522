import { pagesOf } from '../../database/pages-of.js';
import type { RowReader } from '../../database/row-store.js';
import { keyText } from '../../database/table.js';
import { PoisonEvent } from '../../errors.js';
import { USER_ERASED } from '../../events/erasure/user-erased.event.js';
import { erasuresTable } from '../../events/log/erasure/erasure-tables.js';
import type { LogHead } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import { type SkipRow } from '../../events/log/log-tables.js';
import { identityOfLog } from '../../events/log/store-identity.js';
import { rootOf } from '../copies/ledger.js';
import { erasureOf } from '../copies/logged-erasures.js';
import type { JobContext } from '../job-context.js';
import { damagedFile, incompleteFile, undecodableFile } from '../lines/file-errors.js';
import type { LogEntry, LoggedEvent, LogHeader } from '../lines/log-line.js';
import { readLines } from '../lines/read-log-lines.js';
import { ImportConflicts } from './import-conflicts.js';
import { appendOnly, storeNotEmpty } from './import-errors.js';
import type { ImportParts, ImportPlan, ImportRequest } from './import-parts.js';

/** Entries between two checks of the signal, and between two progress reports. */
const ENTRIES_PER_REPORT = 1_000;

/** A lone surrogate or U+0000 in JSON text, in which JSON.stringify escapes them. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:d[89a-f][0-9a-f]{2}|0000)/;

/**
 * Reads the whole file and checks for everything that would prevent the import. Takes about 150 bytes per
 * stream. Throws FileRefused and Refused.
 */
export async function checkImport(
  { reader, decoder }: Pick<ImportParts, 'reader' | 'decoder'>,
  { lines, append, erasuresOf }: ImportRequest,
  { progress, signal }: JobContext,
): Promise<ImportPlan> {
  const head = await reader.head();
  const conflicts = append ? new ImportConflicts(reader) : undefined;
  const check = new FileCheck(head, append);
  let read = 0;
  for await (const entry of readLines(lines())) {
    if (read++ % ENTRIES_PER_REPORT === 0) signal?.throwIfAborted();
    check.take(entry);
    if (entry.kind === 'event') {
      checkDecodable(entry, decoder);
      const { after, upTo } = check.header;
      if (read % ENTRIES_PER_REPORT === 0) progress?.(entry.event.position - after, upTo - after);
    }
    await conflicts?.take(entry);
  }
  await conflicts?.flush();
  return {
    head,
    storedPerUser: conflicts?.storedPerUser ?? new Map(),
    skips: check.skips,
    ...(await erasuresOfFile(check, append, erasuresOf)),
    erasedHere: await erasedIn(reader),
  };
}

/** What is known of erasures in the store that the file is of. */
async function erasuresOfFile(
  { storeId, roots, header: { after } }: FileCheck,
  append: boolean,
  erasuresOf: ImportRequest['erasuresOf'],
): Promise<Pick<ImportPlan, 'toRepeat' | 'leftOut'>> {
  const erasures = storeId === undefined ? [] : ((await erasuresOf?.(storeId)) ?? []);
  if (!append) return { toRepeat: erasures, leftOut: new Set() };
  // What is after an erasure is of a new person under the same id.
  const missing = erasures.filter((erasure) => erasure.position > after && !roots.has(rootOf(erasure)));
  return { toRepeat: [], leftOut: new Set(missing.map(({ userId }) => userId)) };
}

async function erasedIn(reader: ImportParts['reader']): Promise<Set<string>> {
  const erased = new Set<string>();
  const list: RowReader['list'] = (table, query) => reader.rows(table, query);
  for await (const page of pagesOf({ list }, erasuresTable, { filters: [], order: erasuresTable.key }))
    for (const { userId } of page) erased.add(userId);
  return erased;
}

function checkDecodable(
  { event, line }: Extract<LogEntry, { kind: 'event' }>,
  decoder: ImportParts['decoder'],
): void {
  if (isErased(event)) return;
  const place = { line, position: event.position };
  let data: unknown;
  try {
    ({ data } = decoder.decode({ ...event, streamKey: event.position }));
  } catch (cause) {
    if (!(cause instanceof PoisonEvent)) throw cause;
    throw undecodableFile(place, cause);
  }
  if (UNSTORABLE.test(JSON.stringify(data)))
    throw damagedFile(place, 'a text is not well-formed Unicode without U+0000, so no row could hold it');
}

/** Checks that need only the file and the head of the store. */
class FileCheck {
  readonly skips = new Map<number, SkipRow[]>();
  /** The erasures that the file has, each by the one that was asked for. */
  readonly roots = new Set<string>();
  /** The store that the file is of; undefined if it does not say so. */
  storeId: string | undefined;
  private fileHeader: LogHeader | undefined;
  private readonly versions = new Map<string, number>();

  constructor(
    private readonly head: LogHead,
    private readonly append: boolean,
  ) {}

  get header(): LogHeader {
    return this.fileHeader as LogHeader;
  }

  take(entry: LogEntry): void {
    if (entry.kind === 'header') {
      this.fileHeader = entry.header;
      this.storeId = entry.header.storeId;
      if (!this.append) this.checkRange(entry.header);
    } else if (entry.kind === 'event') {
      this.checkVersion(entry);
      if (entry.event.type === USER_ERASED) this.roots.add(rootOf(erasureOf(entry.event, 0)));
      // A release wrote the file whose stores had no identity.
      if (entry.event.position === 1) this.storeId ??= identityOfLog(entry.event.hash);
      if (!this.append && entry.event.position === this.head.position) this.checkSameHash(entry.event);
    } else if (entry.kind === 'skip') {
      const { position } = entry.skip;
      this.skips.set(position, [...(this.skips.get(position) ?? []), entry.skip]);
    }
  }

  /** The store's log must end within the file's range, or where that begins. */
  private checkRange({ scope, userId, after, upTo, previousHash }: LogHeader): void {
    const { position, hash } = this.head;
    if (scope === 'user') throw appendOnly(`The file has the events of user ${userId} only`);
    if (position < after) {
      throw appendOnly(
        `The file begins after position ${after}, but the store's log ends at ${position}: the events between are missing`,
      );
    }
    if (position > upTo) throw storeNotEmpty(position, `the file ends at position ${upTo}`);
    if (position === after && hash !== previousHash)
      throw storeNotEmpty(position, `the file continues from a different event at position ${position}`);
  }

  private checkSameHash({ position, hash, type, streamId }: LoggedEvent): void {
    if (hash !== this.head.hash) {
      const what = `at position ${position} the file has ${type} of ${streamId} with another hash`;
      throw storeNotEmpty(position, what);
    }
  }

  private checkVersion({ line, event }: Extract<LogEntry, { kind: 'event' }>): void {
    const { userId, streamId, version, position } = event;
    const id = keyText([userId, streamId]);
    const before = this.versions.get(id);
    this.versions.set(id, version);
    if (before === undefined) {
      // A file with a later part of a log continues streams that the store already has.
      if (version === 1 || (!this.append && this.header.after > 0)) return;
      throw incompleteFile(
        { line },
        `${streamId} begins with version ${version}, so the file lacks its beginning; export it without --after`,
      );
    }
    if (version !== before + 1)
      throw damagedFile({ line, position }, `${streamId} goes from version ${before} to ${version}`);
  }
}
