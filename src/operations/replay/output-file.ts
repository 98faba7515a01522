import { statSync } from 'node:fs';
import { InvalidInput } from '../../errors.js';
import { ROW_FORMATS, type RowFormat } from '../../formats/row-format.js';

/**
 * Returns the format of an output file by its extension. Throws InvalidInput for any other, and for a folder.
 */
export function formatOf(file: string): RowFormat {
  const format = ROW_FORMATS.find((each) => file.endsWith(`.${each}`));
  const endings = ROW_FORMATS.map((each) => `.${each}`).join(', ');
  if (format === undefined) throw InvalidInput.field('--out', `${file} must end in one of ${endings}`);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw InvalidInput.field('--out', `${file} is a folder; name a file that ends in one of ${endings}`);
  return format;
}

/** The file beside an output in which its rows are collected until it can be written. */
export function stateFile(out: string): string {
  return `${out}.replay`;
}
