import { FileRefused, InvalidInput } from '../../errors.js';
import { whyOf } from '../../why.js';

// Errors about a file of log lines, each sentence once. The messages are for an import.

const NOTHING_IMPORTED = 'Nothing was imported.';

const reasons = new WeakMap<FileRefused, string>();

/** What is wrong with the file, as part of a sentence about it: without the advice for an import. */
export function reasonOf(error: FileRefused): string {
  return reasons.get(error) ?? error.message;
}

function withReason(reason: string, error: FileRefused): FileRefused {
  reasons.set(error, reason);
  return error;
}

export interface LinePlace {
  /** Line number, from 1. */
  line: number;
  /** Position of the event, if the line is about one. */
  position?: number | undefined;
}

export function unreadableFile(file: string, cause: unknown): InvalidInput {
  return new InvalidInput('file.unreadable', `${file} cannot be read: ${whyOf(cause)}`, { cause });
}

export function unwritableFile(file: string, cause: unknown): InvalidInput {
  return new InvalidInput('file.unwritable', `${file} cannot be written: ${whyOf(cause)}`, { cause });
}

/** The file is not a log of a store. */
export function foreignFile(what: string, cause?: unknown): FileRefused {
  return withReason(
    `it is not a log of an EdgeSoul store (${what})`,
    new FileRefused('file.foreign', `This is not a log of an EdgeSoul store: ${what}.`, { cause }),
  );
}

export function newerFile(format: unknown): FileRefused {
  const what = `format ${String(format)}, which a newer release wrote; use that release`;
  return withReason(`it has ${what}`, new FileRefused('file.newer', `The file has ${what}.`));
}

/** The file is not compressed in the way that its extension implies. */
export function undecompressableFile(file: string, cause: unknown): FileRefused {
  const detail = `${file} cannot be decompressed as its extension implies: ${whyOf(cause)}. Copy or export it again. ${NOTHING_IMPORTED}`;
  return new FileRefused('file.damaged', detail, { cause });
}

/** A line differs from what was written. */
export function damagedFile({ line, position }: LinePlace, what: string, cause?: unknown): FileRefused {
  const at = position === undefined ? String(line) : `${line}, the event at position ${position}`;
  const message = `Line ${at}: ${what}. The file is damaged; copy or export it again. ${NOTHING_IMPORTED}`;
  const extra = { line, ...(position !== undefined && { position }) };
  return withReason(`line ${at}: ${what}`, new FileRefused('file.damaged', message, { cause, extra }));
}

/** An event in the file has a type or a schema version that this release does not know. */
export function undecodableFile({ line, position }: LinePlace, cause: Error): FileRefused {
  return new FileRefused('file.undecodable', `Line ${line}: ${cause.message}. ${NOTHING_IMPORTED}`, {
    cause,
    extra: { line, position },
  });
}

/** The file lacks the beginning of a stream. */
export function incompleteFile({ line }: LinePlace, what: string): FileRefused {
  return new FileRefused('file.incomplete', `Line ${line}: ${what}. ${NOTHING_IMPORTED}`, {
    extra: { line },
  });
}

/** The file ends before its last line. */
export function truncatedFile({ line, position }: LinePlace, cause?: unknown): FileRefused {
  const last = position === undefined ? 'before the first event' : `after the event at position ${position}`;
  const what = `is truncated after line ${line}, ${last}`;
  const message = `The file ${what}. Copy or export it again. ${NOTHING_IMPORTED}`;
  const extra = { line, ...(position !== undefined && { position }) };
  return withReason(`it ${what}`, new FileRefused('file.truncated', message, { cause, extra }));
}
