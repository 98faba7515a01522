/* oxlint-disable max-lines -- the whole taxonomy is one list */
import { whyOf } from './why.js';

/** One field that was refused: where it stands in the input (`emotion.intensity`) and what was wrong. */
export interface FieldError {
  path: string;
  message: string;
}

interface ErrorDetails {
  cause?: unknown;
  errors?: FieldError[];
  /** Members added to the problem document, such as `currentVersion`. */
  extra?: Record<string, unknown>;
}

/** The root of the taxonomy: a stable code, the HTTP status it maps to, and a sentence that says what to do. */
export abstract class StoreError extends Error {
  abstract readonly status: number;
  readonly errors: FieldError[] | undefined;
  readonly extra: Record<string, unknown> | undefined;

  protected constructor(
    readonly code: string,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.errors = details.errors;
    this.extra = details.extra;
  }
}

/** 400: the request itself is wrong; `errors` names every bad field. */
export class InvalidInput extends StoreError {
  readonly status = 400;

  static fields(errors: FieldError[]): InvalidInput {
    const first = errors[0];
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    const detail = first ? `${first.path || 'body'}: ${first.message}${more}` : 'The request is not valid.';
    return new InvalidInput('request.invalid', detail, { errors });
  }

  static field(path: string, message: string): InvalidInput {
    return InvalidInput.fields([{ path, message }]);
  }

  static malformed(detail: string, cause?: unknown): InvalidInput {
    return new InvalidInput('request.malformed', detail, { cause });
  }

  static unreadable(file: string, cause: unknown): InvalidInput {
    const why = whyOf(cause);
    return new InvalidInput('file.unreadable', `${file} cannot be read: ${why}`, { cause });
  }

  /** Something was asked for in a way in which nothing can be asked. */
  get isUsage(): boolean {
    return this.code === 'request.invalid';
  }

  static noStore(folder: string): InvalidInput {
    return new InvalidInput('store.absent', `There is no store in ${folder}; is --data-dir right?`);
  }

  /** What cannot be undone was not confirmed. */
  static unconfirmed(name: string): InvalidInput {
    return new InvalidInput(
      'reset.unconfirmed',
      `Nothing was done: everything in ${name} would be removed. Type its name on a terminal, or give --yes.`,
    );
  }

  static unwritable(file: string, cause: unknown): InvalidInput {
    const why = whyOf(cause);
    return new InvalidInput('file.unwritable', `${file} cannot be written: ${why}`, { cause });
  }
}

/** 404: what was asked for is not there, or no longer. */
export class NotFound extends StoreError {
  readonly status = 404;

  static user(userId: string): NotFound {
    return new NotFound('user.not-found', `No user ${userId}: the first command for a user registers it.`);
  }

  static memory(memoryId: string): NotFound {
    return new NotFound('memory.not-found', `No memory ${memoryId} for this user.`);
  }

  static memories(errors: FieldError[]): NotFound {
    return new NotFound('memory.not-found', `${errors.length} of the memories are not there.`, { errors });
  }

  static session(sessionId: string): NotFound {
    return new NotFound('session.not-found', `No session ${sessionId} for this user.`);
  }

  static conversation(userId: string): NotFound {
    return new NotFound('conversation.not-found', `User ${userId} has no conversation yet.`);
  }

  static job(kind: string, id: string): NotFound {
    return new NotFound(
      `${kind}.not-found`,
      `No ${kind} ${id}: those begun before the last start are not remembered.`,
    );
  }

  static backup(id: string, folder: string): NotFound {
    return new NotFound('backup.not-found', `No backup ${id} in ${folder}.`);
  }

  static route(method: string, path: string): NotFound {
    return new NotFound('route.not-found', `There is no ${method} ${path}; see /docs for what there is.`);
  }
}

/** 409: the request is well formed, but the present state refuses it. */
export class Refused extends StoreError {
  readonly status = 409;

  static memoryExists(memoryId: string): Refused {
    return new Refused(
      'memory.already-exists',
      `Memory ${memoryId} was used before; revise it or choose another id.`,
    );
  }

  static notFailed(eventId: string): Refused {
    return new Refused(
      'rebuild.nothing-to-skip',
      `No projection has stopped at the event ${eventId}; /v1/ops/projections names the events that can be skipped.`,
    );
  }

  static backupRuns(folder: string): Refused {
    return new Refused(
      'backup.running',
      `Another process writes a backup into ${folder}; wait for it, or end it.`,
    );
  }

  /** What is there is whole, but not a backup of a store, or not the one that its manifest describes. */
  static foreignBackup(file: string, what: string): Refused {
    return new Refused('backup.foreign', `${file} is refused: ${what}.`);
  }

  /** No backup leads to where the store shall be. */
  static unreachable(what: string): Refused {
    return new Refused('restore.unreachable', what);
  }

  static notEmpty(database: string): Refused {
    return new Refused(
      'restore.not-empty',
      `${database} is not empty. A backup is restored into an empty database: create one, and give the services its address afterwards.`,
    );
  }

  /** What was built would replace a store that it has nothing to do with. */
  static otherStore(file: string, folder: string): Refused {
    return new Refused(
      'restore.other-store',
      `${file} is of another store than the one in ${folder}: their logs begin differently. Nothing was changed. ` +
        'Is --backup-dir right? To replace the store all the same, name the backup with --from.',
    );
  }

  static beyondEnd(after: number, end: number): Refused {
    return new Refused(
      'export.beyond-end',
      `There is nothing after position ${after}: the log ends at ${end}.`,
    );
  }

  static otherExport(file: string, what: string): Refused {
    return new Refused(
      'export.other',
      `${file} is of another export: ${what}. Export without --resume to begin anew.`,
    );
  }

  static storeNotEmpty(events: number, what: string): Refused {
    return new Refused(
      'import.store-not-empty',
      `The store has ${events} events that are not the beginning of this file: ${what}. Import into an empty store, or put the file's events behind those with --append.`,
    );
  }

  static appendOnly(what: string): Refused {
    return new Refused(
      'import.append-only',
      `${what}; such a file can only be added to a store, with --append.`,
    );
  }

  static userExists(userId: string, what: string): Refused {
    return new Refused(
      'import.user-exists',
      `User ${userId} has events in the store already, and not those of the file: ${what}. Nothing was written.`,
    );
  }

  static keyTaken(key: string): Refused {
    return new Refused(
      'import.key-taken',
      `The idempotency key "${key}" belongs to another command in the store. Nothing was written.`,
    );
  }

  /** A reset finds more than the backup that was made for it holds. */
  static writtenMeanwhile(): Refused {
    return new Refused(
      'reset.store-changed',
      'Someone wrote to the store after its backup was made, so nothing was reset. Stop every service on it, then try again.',
    );
  }

  static storeChanged(what: string): Refused {
    return new Refused(
      'import.store-changed',
      `Someone else wrote to the store meanwhile: ${what}. Stop every service on it and import again, which goes on from here.`,
    );
  }

  static interrupted(next: string): Refused {
    return new Refused('work.interrupted', next);
  }

  static jobRuns(kind: string, id: string): Refused {
    return new Refused(`${kind}.running`, `The ${kind} ${id} runs already; wait for it, or cancel it first.`);
  }
}

/** 412: the stream is not at the version that the caller expected. */
export class Conflict extends StoreError {
  readonly status = 412;

  static version(streamId: string, expected: string | number, currentVersion: number): Conflict {
    return new Conflict(
      'stream.version-conflict',
      `Stream ${streamId} is at version ${currentVersion}, not ${expected}; read it again and retry.`,
      { extra: { currentVersion } },
    );
  }
}

/** 413: the body is larger than the route takes. */
export class TooLarge extends StoreError {
  readonly status = 413;

  static body(): TooLarge {
    return new TooLarge('body.too-large', 'The body is larger than this route takes; send less at a time.');
  }
}

/** 415: the body is not JSON. */
export class UnsupportedMedia extends StoreError {
  readonly status = 415;

  static notJson(): UnsupportedMedia {
    return new UnsupportedMedia('body.not-json', 'Send the body as application/json.');
  }
}

/** Where something stands in a file of log lines. */
export interface LinePlace {
  /** From 1. */
  line: number;
  /** Of the event, where it is about one. */
  position?: number | undefined;
}

/** 422: a file that was to be read in is not what it should be; nothing of it was taken. */
export class FileRefused extends StoreError {
  readonly status = 422;

  static foreign(what: string, cause?: unknown): FileRefused {
    return new FileRefused('file.foreign', `This is no log of an EdgeSoul store: ${what}.`, { cause });
  }

  static newer(format: unknown): FileRefused {
    return new FileRefused(
      'file.newer',
      `The file has format ${String(format)} and was made by a newer release; use that release.`,
    );
  }

  static compression(file: string, cause: unknown): FileRefused {
    const why = whyOf(cause);
    const detail = `${file} cannot be decompressed as its name says: ${why}. Copy or export it again. Nothing of it was taken.`;
    return new FileRefused('file.damaged', detail, { cause });
  }

  static damaged({ line, position }: LinePlace, what: string, cause?: unknown): FileRefused {
    const at = position === undefined ? `Line ${line}` : `Line ${line}, the event at position ${position}`;
    return new FileRefused(
      'file.damaged',
      `${at}: ${what}. The file is damaged; copy or export it again. Nothing of it was taken.`,
      { cause, extra: { line, ...(position !== undefined && { position }) } },
    );
  }

  static undecodable({ line, position }: LinePlace, cause: Error): FileRefused {
    return new FileRefused(
      'file.undecodable',
      `Line ${line}: ${cause.message}. Nothing of the file was taken.`,
      { cause, extra: { line, position } },
    );
  }

  static incomplete({ line }: LinePlace, what: string): FileRefused {
    return new FileRefused('file.incomplete', `Line ${line}: ${what}. Nothing of the file was taken.`, {
      extra: { line },
    });
  }

  static truncated({ line, position }: LinePlace, cause?: unknown): FileRefused {
    const last =
      position === undefined ? 'before the first event' : `after the event at position ${position}`;
    return new FileRefused(
      'file.truncated',
      `The file is cut off behind line ${line}, ${last}: its end is missing. Copy or export it again. Nothing of it was taken.`,
      { cause, extra: { line, ...(position !== undefined && { position }) } },
    );
  }
}

/** 422: the idempotency key was used before for another command. */
export class KeyReused extends StoreError {
  readonly status = 422;

  static of(key: string): KeyReused {
    return new KeyReused(
      'command.key-reused',
      `Idempotency-Key "${key}" was used before with another body or route; use a new key for a new command.`,
    );
  }
}

/** 500: what is stored cannot be read as what it should be. */
export class Corrupt extends StoreError {
  readonly status = 500;
  #at: EventPlace | undefined;

  /** The event, where it is about one; does not cross threads. */
  get at(): EventPlace | undefined {
    return this.#at;
  }

  static event(where: EventPlace, what: string, cause?: unknown): Corrupt {
    const at = `position ${where.position}, stream ${where.streamId}`;
    const error = new Corrupt('event.undecodable', `Event at ${at}: ${what}`, { cause });
    error.#at = where;
    return error;
  }

  static database(cause: unknown): Corrupt {
    const why = whyOf(cause);
    const help = 'verify the store, and restore it from a backup';
    return new Corrupt('database.damaged', `The database is damaged: ${why}; ${help}.`, { cause });
  }

  /** The storage itself, which a restore mends. */
  get isOfDatabase(): boolean {
    return this.code === 'database.damaged';
  }

  static backup(file: string, what: string, cause?: unknown): Corrupt {
    return new Corrupt('backup.damaged', `${file} is damaged: ${what}.`, { cause });
  }

  /** The newest backup cannot be read; an older one would silently do without what only it holds. */
  static newerBackup({ name, why }: { name: string; why: string }, older?: string): Corrupt {
    const instead =
      older === undefined ? 'There is no other one.' : `Mend or remove it, or restore --from ${older}.`;
    return new Corrupt('backup.damaged', `The newest backup, ${name}, is broken: ${why} ${instead}`);
  }

  /** What was restored is not what was backed up: nothing was swapped. */
  static restored(what: string): Corrupt {
    return new Corrupt('restore.unverified', `What was restored is not right: ${what}. Nothing was changed.`);
  }

  static log(position: number, what: string): Corrupt {
    return new Corrupt(
      'log.damaged',
      `The log is damaged at position ${position}: ${what}; verify the store.`,
    );
  }
}

/** Where an event stands, for messages. */
export interface EventPlace {
  position: number;
  streamId: string;
  eventId?: string;
}

/** 500: a fold failed, so its command was not written. */
export class ProjectionFailed extends StoreError {
  readonly status = 500;
  #at: EventPlace | undefined;

  /** The event; does not cross threads. */
  get at(): EventPlace | undefined {
    return this.#at;
  }

  static folding(projection: string, event: EventPlace & { type: string }, cause: unknown): ProjectionFailed {
    const why = whyOf(cause);
    const error = new ProjectionFailed(
      'projection.failed',
      `Projection ${projection} could not fold ${event.type} of ${event.streamId}: ${why}. Nothing was written.`,
      { cause },
    );
    error.#at = event;
    return error;
  }
}

/** 500: anything that nobody foresaw; the log has the cause. */
export class Unexpected extends StoreError {
  readonly status = 500;

  static from(cause: unknown): Unexpected {
    return new Unexpected('internal.error', 'It failed unexpectedly; the log has the cause.', { cause });
  }
}

/** 503: not now; the same request may succeed after `Retry-After`. */
export class Unavailable extends StoreError {
  readonly status = 503;
  /** Seconds after which a retry makes sense. */
  readonly retryAfter = 1;

  static busy(waiting: number): Unavailable {
    return new Unavailable('service.busy', `${waiting} commands are waiting already; retry in a second.`);
  }

  static streams(open: number): Unavailable {
    return new Unavailable('service.busy', `${open} streams are open already; retry in a second.`);
  }

  static stopping(): Unavailable {
    return new Unavailable('service.stopping', 'The service is stopping; retry in a second.');
  }

  static service(url: string, cause: unknown): Unavailable {
    return new Unavailable('service.unreachable', `No service answers at ${url}; is it running?`, { cause });
  }

  static projection(name: string): Unavailable {
    return new Unavailable(
      'projection.unavailable',
      `The projection ${name} is being rebuilt or has stopped; /v1/ops/projections says which, and the rest works.`,
    );
  }

  static backupUnreadable(folder: string, cause: unknown): Unavailable {
    const why = whyOf(cause);
    return new Unavailable('backup.unreadable', `${folder} cannot be read: ${why}.`, { cause });
  }

  static backupFolder(folder: string, cause: unknown): Unavailable {
    const { code = '' } = cause as { code?: string };
    const full = /^(ENOSPC|EDQUOT|EFBIG|SQLITE_FULL)$/.test(code);
    const why = full ? `no space is left (${code})` : whyOf(cause);
    return new Unavailable(
      'backup.unwritable',
      `${folder} cannot be written: ${why}. Earlier backups are untouched.`,
      { cause },
    );
  }

  static database(cause: unknown): Unavailable {
    const why = whyOf(cause);
    return new Unavailable('database.unavailable', `The database cannot serve now: ${why}`, { cause });
  }

  /** The disk is full or broken. */
  get isOfDisk(): boolean {
    const { code } = (this.cause ?? {}) as { code?: unknown };
    return typeof code === 'string' && /^(53100|58|SQLITE_FULL|SQLITE_IOERR)/.test(code);
  }

  /** Others held a lock for too long, so that nothing was done: PostgreSQL's lock_not_available, or SQLite's. */
  get isLocked(): boolean {
    const { code } = (this.cause ?? {}) as { code?: unknown };
    return code === '55P03' || code === 'SQLITE_BUSY';
  }
}

const CLASSES = [
  InvalidInput,
  NotFound,
  Refused,
  Conflict,
  TooLarge,
  UnsupportedMedia,
  FileRefused,
  KeyReused,
  Corrupt,
  ProjectionFailed,
  Unexpected,
  Unavailable,
];

/** An error as data: a message between threads keeps no classes. */
export interface ErrorData extends ErrorDetails {
  name: string;
  code: string;
  message: string;
}

/** What another thread needs to know of an error. */
export function errorData(error: unknown): ErrorData {
  const known = error instanceof StoreError ? error : Unexpected.from(error);
  const { name, code, message, errors, extra, cause } = known;
  // Only a plain error is sure to be cloned, and the log wants no more than its stack.
  const plain =
    cause instanceof Error ? Object.assign(new Error(cause.message), { stack: cause.stack }) : undefined;
  return { name, code, message, cause: plain, ...(errors && { errors }), ...(extra && { extra }) };
}

/** What a log says of a failure: what a person can act on, and the stack of what caused it or of what nobody foresaw. */
export function loggedFailure(error: unknown): { code: string; why: string; cause?: string | undefined } {
  const failure = error instanceof StoreError ? error : Unexpected.from(error);
  const { code, message: why } = failure;
  const cause = failure.cause ?? (failure.status === 500 ? failure : undefined);
  return { code, why, ...(cause instanceof Error && { cause: cause.stack }) };
}

/** The error that another thread reported. */
export function errorFrom({ name, code, message, ...details }: ErrorData): StoreError {
  const known = CLASSES.find((each) => each.name === name) ?? Unexpected;
  return Reflect.construct(known, [code, message, details]) as StoreError;
}

/** The service cannot start: the message says what was wrong and what to do. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
