import type { Codes } from './error-codes.js';
import { whyOf } from './why.js';

/** One invalid field: its path in the input, such as `emotion.intensity`, and what is wrong with it. */
export interface FieldError {
  path: string;
  message: string;
}

/** Optional parts of an error besides its code and its message. */
export interface ErrorDetails {
  cause?: unknown;
  errors?: FieldError[];
  /** Extra members of the problem document, such as `currentVersion`. */
  extra?: Record<string, unknown>;
}

/** Base class of all errors: a stable code, its HTTP status, and a message that says what to do. */
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

/** 400: the request itself is invalid; `errors` lists every invalid field. */
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

/** 404: the requested resource does not exist, or no longer exists. */
export class NotFound extends StoreError<Codes['NotFound']> {
  readonly status = 404;

  static user(userId: string): NotFound {
    const message = `User ${userId} does not exist; the first command for a user registers the user.`;
    return new NotFound('user.not-found', message);
  }

  static memory(memoryId: string): NotFound {
    return new NotFound('memory.not-found', `No memory ${memoryId} for this user.`);
  }

  static memories(errors: FieldError[]): NotFound {
    return new NotFound('memory.not-found', `Unknown memory ids: ${errors.length}.`, { errors });
  }

  static session(sessionId: string): NotFound {
    return new NotFound('session.not-found', `No session ${sessionId} for this user.`);
  }

  static conversation(userId: string): NotFound {
    return new NotFound('conversation.not-found', `User ${userId} has no conversation yet.`);
  }

  static route(method: string, path: string): NotFound {
    return new NotFound('route.not-found', `There is no route ${method} ${path}; see /docs for all routes.`);
  }
}

/** 406: the request accepts none of the formats that the answer can have. */
export class NotAcceptable extends StoreError<Codes['NotAcceptable']> {
  readonly status = 406;

  static formats(types: readonly string[]): NotAcceptable {
    const message = `The answer can be ${types.join(', ')}; accept one of them, or name it with format=.`;
    return new NotAcceptable('answer.not-acceptable', message);
  }
}

/** 409: the request is valid, but the current state does not allow it. */
export class Refused extends StoreError<Codes['Refused']> {
  readonly status = 409;

  static memoryExists(memoryId: string): Refused {
    const message = `Memory id ${memoryId} is already taken; revise that memory or choose another id.`;
    return new Refused('memory.already-exists', message);
  }
}

/** 412: the stream is not at the version that the client expected. */
export class Conflict extends StoreError<Codes['Conflict']> {
  readonly status = 412;

  static version(streamId: string, expected: string | number, currentVersion: number): Conflict {
    const message = `Stream ${streamId} is at version ${currentVersion}, not ${expected}; read it again and retry.`;
    return new Conflict('stream.version-conflict', message, { extra: { currentVersion } });
  }
}

/** 413: the body is larger than the route allows. */
export class TooLarge extends StoreError<Codes['TooLarge']> {
  readonly status = 413;

  static body(): TooLarge {
    return new TooLarge('body.too-large', 'The body is larger than this route allows; send less at a time.');
  }
}

/** 415: the body is not JSON. */
export class UnsupportedMedia extends StoreError<Codes['UnsupportedMedia']> {
  readonly status = 415;

  static notJson(): UnsupportedMedia {
    return new UnsupportedMedia('body.not-json', 'Send the body as application/json.');
  }
}

/** 422: a file to be imported is foreign, too new, damaged or incomplete; nothing of it was imported. */
export class FileRefused extends StoreError<Codes['FileRefused']> {
  readonly status = 422;
}

/** 422: the idempotency key was already used for a different command. */
export class KeyReused extends StoreError<Codes['KeyReused']> {
  readonly status = 422;

  static of(key: string): KeyReused {
    const message = `Idempotency-Key "${key}" was already used with a different body or route; use a new key for a new command.`;
    return new KeyReused('command.key-reused', message);
  }
}

/** 500: the stored data is not what was written. */
export class Corrupt extends StoreError<Codes['Corrupt']> {
  readonly status = 500;
}

/** 500: the database reports that its storage is damaged; it has to be restored from a backup. */
export class DamagedDatabase extends Corrupt {
  /** Returns an error of the class that it is called on. */
  static because<Class extends typeof DamagedDatabase>(this: Class, cause: unknown): InstanceType<Class> {
    const why = `The database is damaged: ${whyOf(cause)}; verify the store, and restore it from a backup.`;
    return new this('database.damaged', why, { cause }) as InstanceType<Class>;
  }
}

/** 500: the file is not a database: another program wrote it, or its first page was overwritten. */
export class ForeignDatabase extends DamagedDatabase {}

/** Where an event is in the log, for error messages. */
export interface EventPlace {
  position: number;
  streamId: string;
  eventId?: string;
}

/**
 * 500: an event cannot be decoded, or a fold throws on it. It is not appended; a projection stops before it.
 */
export class PoisonEvent extends StoreError<Codes['PoisonEvent']> {
  readonly status = 500;
  #at: EventPlace | undefined;

  static undecodable(at: EventPlace, what: string, cause?: unknown): PoisonEvent {
    const message = `Event at position ${at.position}, stream ${at.streamId}: ${what}`;
    return new PoisonEvent('event.undecodable', message, { cause }).locatedAt(at);
  }

  static folding(projection: string, event: EventPlace & { type: string }, cause: unknown): PoisonEvent {
    const what = `Projection ${projection} could not fold ${event.type} of ${event.streamId}: ${whyOf(cause)}.`;
    return new PoisonEvent('projection.failed', what, { cause }).locatedAt(event);
  }

  /** The event's place in the log; undefined once the error has been passed to another thread. */
  get at(): EventPlace | undefined {
    return this.#at;
  }

  private locatedAt(at: EventPlace): this {
    this.#at = at;
    return this;
  }
}

/** 500: an unexpected error; its cause is in the service's log. */
export class Unexpected extends StoreError<Codes['Unexpected']> {
  readonly status = 500;

  static from(cause: unknown): Unexpected {
    return new Unexpected('internal.error', 'An error occurred; its cause is in the process log.', { cause });
  }
}

/** 503: temporarily unavailable; the same request may succeed after `Retry-After`. */
export class Unavailable extends StoreError<Codes['Unavailable']> {
  readonly status = 503;
  /** Seconds to wait before a retry. */
  readonly retryAfter = 1;

  static busy(waiting: number): Unavailable {
    return new Unavailable('service.busy', `${waiting} commands are already waiting; retry in a second.`);
  }

  static stopping(): Unavailable {
    return new Unavailable('service.stopping', 'The service is stopping; retry in a second.');
  }

  static projection(name: string, cause?: unknown): Unavailable {
    const message = `The projection ${name} is being rebuilt or has stopped; see /v1/ops/projections. Everything else still works.`;
    return new Unavailable('projection.unavailable', message, { cause });
  }

  /** Returns an error of the class that it is called on. */
  static database<Class extends typeof Unavailable>(this: Class, cause: unknown): InstanceType<Class> {
    const why = `The database is unavailable: ${whyOf(cause)}`;
    return new this('database.unavailable', why, { cause }) as InstanceType<Class>;
  }
}

/** 503: the disk is full, or the database hit an I/O error. */
export class DiskFailure extends Unavailable {}

/** 503: another connection held a lock for too long; nothing was done. */
export class DatabaseLocked extends Unavailable {}

/** The service cannot start; the message says why, and what to do. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
