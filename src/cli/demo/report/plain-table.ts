import Table from 'cli-table3';
import { paint } from './paint.js';

/** A column: its title, its alignment and, where long text is wrapped, its width. */
export interface Column {
  title: string;
  align?: 'left' | 'right';
  width?: number;
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};

/** A table without lines, two columns of space between its cells. */
export function plainTable(columns: Column[], rows: (string | number)[][]): string[] {
  const table = new Table({
    head: columns.map(({ title }) => paint('gray', title)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    // cli-table3 counts the padding as part of the width.
    colWidths: columns.map(({ width }) => (width === undefined ? null : width + 1)),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 0 },
    wordWrap: true,
  });
  table.push(...rows);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
