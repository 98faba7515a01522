import { stripVTControlCharacters, styleText } from 'node:util';
import { MINUTE_MS } from '../../../durations.js';

/** The width of the report, in columns. */
export const WIDTH = 98;

type Format = Parameters<typeof styleText>[0];

const EMOTION_COLOURS: Record<string, Format> = {
  joy: 'yellow',
  love: 'magenta',
  gratitude: 'green',
  surprise: 'cyan',
  neutral: 'gray',
  sadness: 'blue',
  anger: 'red',
  fear: 'redBright',
  anxiety: 'redBright',
  disgust: 'green',
};

/** The text in a style if stdout shows colours (a terminal, and no NO_COLOR); otherwise unchanged. */
export function paint(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

/** The text in the colour that its emotion has everywhere in the report. */
export function paintEmotion(emotion: string, text: string): string {
  return paint(EMOTION_COLOURS[emotion] ?? 'white', text);
}

/** A user's headline: the title, and a rule up to the report's width. */
export function headline(title: string): string {
  return `${paint('bold', title)} ${paint('gray', '━'.repeat(Math.max(3, WIDTH - title.length - 1)))}`;
}

/** The title of a section. */
export function subtitle(title: string): string {
  return paint(['bold', 'cyan'], title);
}

/** The text on one line, cut with an ellipsis if it is longer than `width`. */
export function cut(text: string, width: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  if (characters.length <= width) return line;
  return `${characters
    .slice(0, width - 1)
    .join('')
    .trimEnd()}…`;
}

/** The text broken between words into lines of the report's width. */
export function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Places blocks of lines side by side, each padded to `width` columns. */
export function sideBySide(blocks: string[][], width: number): string[] {
  const rows = Math.max(0, ...blocks.map((block) => block.length));
  return Array.from({ length: rows }, (_, row) =>
    blocks
      .map((block) => padded(block[row] ?? '', width))
      .join('')
      .trimEnd(),
  );
}

/** A time on the user's own clock, to the minute. */
export function localTime(iso: string, utcOffset: number): string {
  return new Date(Date.parse(iso) + utcOffset * MINUTE_MS).toISOString().slice(0, 16).replace('T', ' ');
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stripVTControlCharacters(text).length));
}
