import { FileRefused, InvalidInput } from '../../errors.js';
import { whyOf } from '../../why.js';

// Errors about a file of log lines, each sentence once.

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
  return new FileRefused('file.foreign', `This is no log of an EdgeSoul store: ${what}.`, { cause });
}

export function newerFile(format: unknown): FileRefused {
  return new FileRefused(
    'file.newer',
    `The file has format ${String(format)} and was made by a newer release; use that release.`,
  );
}

/** The file is not compressed in the way that its extension implies. */
export function undecompressableFile(file: string, cause: unknown): FileRefused {
  const detail = `${file} cannot be decompressed as its name says: ${whyOf(cause)}. Copy or export it again. Nothing of it was taken.`;
  return new FileRefused('file.damaged', detail, { cause });
}

/** A line differs from what was written. */
export function damagedFile({ line, position }: LinePlace, what: string, cause?: unknown): FileRefused {
  const at = position === undefined ? `Line ${line}` : `Line ${line}, the event at position ${position}`;
  return new FileRefused(
    'file.damaged',
    `${at}: ${what}. The file is damaged; copy or export it again. Nothing of it was taken.`,
    { cause, extra: { line, ...(position !== undefined && { position }) } },
  );
}

/** An event in the file has a type or a schema version that this release does not know. */
export function undecodableFile({ line, position }: LinePlace, cause: Error): FileRefused {
  return new FileRefused(
    'file.undecodable',
    `Line ${line}: ${cause.message}. Nothing of the file was taken.`,
    {
      cause,
      extra: { line, position },
    },
  );
}

/** The file lacks the beginning of a stream. */
export function incompleteFile({ line }: LinePlace, what: string): FileRefused {
  return new FileRefused('file.incomplete', `Line ${line}: ${what}. Nothing of the file was taken.`, {
    extra: { line },
  });
}

/** The file ends before its last line. */
export function truncatedFile({ line, position }: LinePlace, cause?: unknown): FileRefused {
  const last = position === undefined ? 'before the first event' : `after the event at position ${position}`;
  return new FileRefused(
    'file.truncated',
    `The file is cut off behind line ${line}, ${last}: its end is missing. Copy or export it again. Nothing of it was taken.`,
    { cause, extra: { line, ...(position !== undefined && { position }) } },
  );
}
