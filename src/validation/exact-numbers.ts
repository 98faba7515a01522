/** A number with so many digits, or an exponent, that a double may not hold it exactly. */
const LONG_NUMBER = /[:,[]\s*-?\d(?:[\d.]{15}|[\d.]*[eE])/;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

/**
 * The keys of the numbers that were rounded when their text was parsed, by the object or list around them.
 */
const rounded = new WeakMap<object, string[]>();
let anyRounded = false;

/**
 * Parses JSON and remembers the numbers that a double does not hold exactly, for `roundedNumbers`. Throws
 * SyntaxError.
 */
export function parseJson(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  if (LONG_NUMBER.test(text)) {
    const tokens = inexactTokens(text);
    if (tokens.length > 0) rememberRounded(value, JSON.parse(withInfinity(text, tokens)));
  }
  return value;
}

/** Returns the paths of all rounded numbers in a value of `parseJson`; the value is not nested too deeply. */
export function roundedNumbers(value: object): string[] {
  if (!anyRounded) return [];
  const paths = [...(rounded.get(value) ?? [])];
  for (const [key, part] of Object.entries(value)) {
    if (typeof part === 'object' && part !== null)
      for (const path of roundedNumbers(part as object)) paths.push(`${key}.${path}`);
  }
  return paths;
}

/**
 * Whether the shortest text of the parsed number has the same value as its source. Infinity is not rounded.
 */
export function isExact(source: string): boolean {
  const value = Number(source);
  if (!Number.isFinite(value)) return true;
  const text = String(value);
  return text === source || decimalOf(text) === decimalOf(source);
}

/** The decimal value in one spelling: sign, digits without outer zeros, exponent. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  const digits = whole + fraction;
  let start = 0;
  let end = digits.length;
  while (digits[start] === '0') start += 1;
  while (end > start && digits[end - 1] === '0') end -= 1;
  if (start === end) return '0';
  return `${sign}${digits.slice(start, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}

type Token = [start: number, end: number];

/** Finds the inexact numbers of a text that is known to be JSON. */
function inexactTokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (isNumberPart(code)) {
      const start = at;
      while (at < text.length && isNumberPart(text.charCodeAt(at))) at += 1;
      // Up to 15 characters without an exponent are always exact, and the most common.
      if (at - start > 15 || /e/i.test(text.slice(start, at)))
        if (!isExact(text.slice(start, at))) found.push([start, at]);
    } else at += 1;
  }
  return found;
}

/** Digits, signs, the point, and the exponent's e; outside of strings an e is also in true, false. */
function isNumberPart(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e || isE(code);
}

function isE(code: number): boolean {
  return code === 0x65 || code === 0x45;
}

function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}

/** The text with a number in the place of each token that is known to be none of the others. */
function withInfinity(text: string, tokens: readonly Token[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const [start, end] of tokens) {
    parts.push(text.slice(from, start), '1e999');
    from = end;
  }
  return parts.join('') + text.slice(from);
}

/**
 * Walks both values side by side: a number is rounded where it is finite in one and infinite in the other.
 */
function rememberRounded(value: unknown, marked: unknown): void {
  anyRounded = true;
  const pairs: [unknown, unknown][] = [[value, marked]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [one, other] = pair as [Record<string, unknown>, Record<string, unknown>];
    if (typeof one !== 'object' || one === null) continue;
    const keys: string[] = [];
    for (const key of Object.keys(one)) {
      if (typeof one[key] === 'object') pairs.push([one[key], other[key]]);
      else if (other[key] === Infinity && Number.isFinite(one[key])) keys.push(key);
    }
    if (keys.length > 0) rounded.set(one, keys);
  }
}
