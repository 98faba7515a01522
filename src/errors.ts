import { whyOf } from './why.js';

/** One field that was refused: where it is in the input (`emotion.intensity`) and what was wrong. */
export interface FieldError {
  path: string;
  message: string;
}

/** What an error may carry besides its code and its sentence. */
export interface ErrorDetails {
  cause?: unknown;
  errors?: FieldError[];
  /** Members added to the problem document, such as `currentVersion`. */
  extra?: Record<string, unknown>;
}

/** The long work that runs as a job, one of each kind at a time. */
export type JobKind = 'backup' | 'drill' | 'rebuild' | 'verification';

/**
 * Every code there is, by the class of the error. Codes are stable: clients and alerts act on them. Sentences that belong
 * to one feature are written beside it; the constructors below are for what several features refuse.
 */
interface Codes {
  InvalidInput:
    | 'request.invalid'
    | 'request.malformed'
    | 'file.unreadable'
    | 'file.unwritable'
    | 'store.absent'
    | 'reset.unconfirmed';
  NotFound:
    | 'user.not-found'
    | 'memory.not-found'
    | 'session.not-found'
    | 'conversation.not-found'
    | 'route.not-found'
    | `${JobKind}.not-found`;
  Refused:
    | 'memory.already-exists'
    | 'rebuild.nothing-to-skip'
    | 'backup.foreign'
    | 'restore.unreachable'
    | 'restore.not-empty'
    | 'restore.other-store'
    | 'reset.store-changed'
    | 'export.beyond-end'
    | 'export.other'
    | 'import.store-not-empty'
    | 'import.append-only'
    | 'import.user-exists'
    | 'import.key-taken'
    | 'import.store-changed'
    | 'work.interrupted'
    | `${JobKind}.running`;
  Conflict: 'stream.version-conflict';
  TooLarge: 'body.too-large';
  UnsupportedMedia: 'body.not-json';
  FileRefused:
    | 'file.foreign'
    | 'file.newer'
    | 'file.damaged'
    | 'file.undecodable'
    | 'file.incomplete'
    | 'file.truncated';
  KeyReused: 'command.key-reused';
  Corrupt: 'backup.damaged' | 'restore.unverified' | 'log.damaged' | 'database.damaged';
  PoisonEvent: 'event.undecodable' | 'projection.failed';
  Unexpected: 'internal.error';
  Unavailable:
    | 'service.busy'
    | 'service.stopping'
    | 'service.unreachable'
    | 'projection.unavailable'
    | 'database.unavailable'
    | 'backup.unreadable'
    | 'backup.unwritable';
}

/** The root of the taxonomy: a stable code, the HTTP status it maps to, and a sentence that says what to do. */
export abstract class StoreError<Code extends string = string> extends Error {
  abstract readonly status: number;
  readonly errors: FieldError[] | undefined;
  readonly extra: Record<string, unknown> | undefined;

  constructor(
    readonly code: Code,
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
export class InvalidInput extends StoreError<Codes['InvalidInput']> {
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
}

/** 404: what was asked for does not exist, or no longer. */
export class NotFound extends StoreError<Codes['NotFound']> {
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

  static route(method: string, path: string): NotFound {
    return new NotFound('route.not-found', `There is no ${method} ${path}; see /docs for what there is.`);
  }
}

/** 409: the request is well formed, but the present state refuses it. */
export class Refused extends StoreError<Codes['Refused']> {
  readonly status = 409;

  static memoryExists(memoryId: string): Refused {
    const message = `Memory ${memoryId} was used before; revise it or choose another id.`;
    return new Refused('memory.already-exists', message);
  }
}

/** 412: the stream is not at the version that the caller expected. */
export class Conflict extends StoreError<Codes['Conflict']> {
  readonly status = 412;

  static version(streamId: string, expected: string | number, currentVersion: number): Conflict {
    const message = `Stream ${streamId} is at version ${currentVersion}, not ${expected}; read it again and retry.`;
    return new Conflict('stream.version-conflict', message, { extra: { currentVersion } });
  }
}

/** 413: the body is larger than the route takes. */
export class TooLarge extends StoreError<Codes['TooLarge']> {
  readonly status = 413;

  static body(): TooLarge {
    return new TooLarge('body.too-large', 'The body is larger than this route takes; send less at a time.');
  }
}

/** 415: the body is not JSON. */
export class UnsupportedMedia extends StoreError<Codes['UnsupportedMedia']> {
  readonly status = 415;

  static notJson(): UnsupportedMedia {
    return new UnsupportedMedia('body.not-json', 'Send the body as application/json.');
  }
}

/** 422: a file that was to be imported is not what it should be; nothing of it was taken. */
export class FileRefused extends StoreError<Codes['FileRefused']> {
  readonly status = 422;
}

/** 422: the idempotency key was used before for another command. */
export class KeyReused extends StoreError<Codes['KeyReused']> {
  readonly status = 422;

  static of(key: string): KeyReused {
    const message = `Idempotency-Key "${key}" was used before with another body or route; use a new key for a new command.`;
    return new KeyReused('command.key-reused', message);
  }
}

/** 500: what is stored is not what was written. */
export class Corrupt extends StoreError<Codes['Corrupt']> {
  readonly status = 500;
}

/** 500: the database reports that its storage is damaged; a restore mends it. */
export class DamagedDatabase extends Corrupt {
  /** Of the class it is called on. */
  static because<Class extends typeof DamagedDatabase>(this: Class, cause: unknown): InstanceType<Class> {
    const help = 'verify the store, and restore it from a backup';
    const why = `The database is damaged: ${whyOf(cause)}; ${help}.`;
    return new this('database.damaged', why, { cause }) as InstanceType<Class>;
  }
}

/** 500: the file is no database at all: another program wrote it, or its first page is overwritten. */
export class ForeignDatabase extends DamagedDatabase {}

/** Where an event is in the log, for messages. */
export interface EventPlace {
  position: number;
  streamId: string;
  eventId?: string;
}

/**
 * 500: an event that cannot be decoded, or that a fold cannot take. A command that would append it is not written; a
 * projection that meets it in the log stops there.
 */
export class PoisonEvent extends StoreError<Codes['PoisonEvent']> {
  readonly status = 500;
  #at: EventPlace | undefined;

  static undecodable(at: EventPlace, what: string, cause?: unknown): PoisonEvent {
    const message = `Event at position ${at.position}, stream ${at.streamId}: ${what}`;
    return new PoisonEvent('event.undecodable', message, { cause }).of(at);
  }

  static folding(projection: string, event: EventPlace & { type: string }, cause: unknown): PoisonEvent {
    const what = `Projection ${projection} could not fold ${event.type} of ${event.streamId}: ${whyOf(cause)}`;
    return new PoisonEvent('projection.failed', `${what}. Nothing was written.`, { cause }).of(event);
  }

  /** The event; undefined once the error has crossed threads. */
  get at(): EventPlace | undefined {
    return this.#at;
  }

  private of(at: EventPlace): this {
    this.#at = at;
    return this;
  }
}

/** 500: anything that nobody foresaw; the log has the cause. */
export class Unexpected extends StoreError<Codes['Unexpected']> {
  readonly status = 500;

  static from(cause: unknown): Unexpected {
    return new Unexpected('internal.error', 'It failed unexpectedly; the log has the cause.', { cause });
  }
}

/** 503: not now; the same request may succeed after `Retry-After`. */
export class Unavailable extends StoreError<Codes['Unavailable']> {
  readonly status = 503;
  /** Seconds after which a retry makes sense. */
  readonly retryAfter = 1;

  static busy(waiting: number): Unavailable {
    return new Unavailable('service.busy', `${waiting} commands are waiting already; retry in a second.`);
  }

  static stopping(): Unavailable {
    return new Unavailable('service.stopping', 'The service is stopping; retry in a second.');
  }

  static projection(name: string): Unavailable {
    return new Unavailable(
      'projection.unavailable',
      `The projection ${name} is being rebuilt or has stopped; /v1/ops/projections says which, and the rest works.`,
    );
  }

  /** Of the class it is called on. */
  static database<Class extends typeof Unavailable>(this: Class, cause: unknown): InstanceType<Class> {
    const why = `The database cannot serve now: ${whyOf(cause)}`;
    return new this('database.unavailable', why, { cause }) as InstanceType<Class>;
  }
}

/** 503: the disk is full, or an I/O error kept the database from reading or writing it. */
export class DiskFailure extends Unavailable {}

/** 503: others held a lock for too long; nothing was done. */
export class DatabaseLocked extends Unavailable {}

/** The service cannot start: the message says what was wrong and what to do. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
