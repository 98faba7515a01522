import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { DemoError, type Numbered, type Script } from './demo-script.js';
import { locomoScript, LOCOMO_LINE, type LocomoLine } from './locomo.js';
import { meldScript, MELD_LINE, type MeldLine } from './meld.js';

/** Reads a JSONL file of conversations or of labelled dialogues; the first line decides which. */
export async function readScript(file: string): Promise<Script> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw DemoError.unreadable(file, error);
  });
  return parseScript(basename(file), text);
}

/** Parses the text of a file; throws a DemoError that names the wrong line and field. */
export function parseScript(file: string, text: string): Script {
  const lines = jsonLines(file, text);
  const [first] = lines;
  if (!first) throw DemoError.badFile(file, 1, 'the file is empty');
  const fail = (line: number, what: string) => DemoError.badFile(file, line, what);
  const ajv = new Ajv({ formats: { 'date-time': isTime } });
  if (hasField(first.value, 'conversation_id')) {
    return locomoScript(file, checked(file, lines, ajv.compile<LocomoLine>(LOCOMO_LINE)), fail);
  }
  if (hasField(first.value, 'dialogue_id')) {
    return meldScript(file, checked(file, lines, ajv.compile<MeldLine>(MELD_LINE)), fail);
  }
  throw fail(
    first.line,
    'neither a conversation (conversation_id, sessions) nor a dialogue (dialogue_id, turns)',
  );
}

function jsonLines(file: string, text: string): Numbered<unknown>[] {
  return text.split('\n').flatMap((json, index) => {
    if (json.trim() === '') return [];
    try {
      return [{ line: index + 1, value: JSON.parse(json) as unknown }];
    } catch (error) {
      throw DemoError.badFile(file, index + 1, `not JSON (${(error as SyntaxError).message})`);
    }
  });
}

function checked<T>(file: string, lines: Numbered<unknown>[], valid: ValidateFunction<T>): Numbered<T>[] {
  return lines.map(({ line, value }) => {
    if (valid(value)) return { line, value };
    throw DemoError.badFile(file, line, describeError(valid.errors?.[0]));
  });
}

function describeError(error: ErrorObject | undefined): string {
  const where = (error?.instancePath ?? '')
    .replaceAll(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.')
    .slice(1);
  return `${where || 'the line'} ${error?.message ?? 'has the wrong shape'}`;
}

function isTime(text: string): boolean {
  return /T.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}

function hasField(value: unknown, field: string): boolean {
  return typeof value === 'object' && value !== null && field in value;
}
