/** The digits of base64, as source maps use them: each holds five bits, and whether another one follows. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const MORE = 32;
/** Bits of a number that JavaScript's bit operators can hold. */
const MAX_SHIFT = 25;
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = DIGITS.indexOf(String.fromCharCode(code));
  return value === -1 ? 255 : value;
});

/**
 * Writes a safe integer from 0 as text, the lowest five bits first (base64 VLQ without a sign). Small numbers
 * are short, and numbers can be written one after another.
 */
export function numberText(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no integer from 0.`);
  let rest = value;
  let written = '';
  while (rest >= MORE) {
    written += DIGITS[MORE + (rest % MORE)];
    rest = Math.floor(rest / MORE);
  }
  return written + DIGITS[rest];
}

/** Maps 0, -1, 1, -2, … to 0, 1, 2, 3, …; for integers of at most 51 bits. */
export function unsigned(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** The inverse of `unsigned`. */
export function signed(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** Reads numbers that `numberText` wrote one after another. */
export class NumberReader {
  private at = 0;

  constructor(private readonly written: string) {}

  get isAtEnd(): boolean {
    return this.at >= this.written.length;
  }

  /** Reads the next number. Throws RangeError at the end and at a character that is no digit. */
  next(): number {
    let digit = this.digit();
    let value = digit & (MORE - 1);
    for (let shift = 5; digit >= MORE; shift += 5) {
      digit = this.digit();
      const bits = digit & (MORE - 1);
      value += shift <= MAX_SHIFT ? bits << shift : bits * 2 ** shift;
    }
    return value;
  }

  /** Skips numbers. */
  skip(count: number): void {
    for (let i = 0; i < count; i++) while (this.digit() >= MORE);
  }

  private digit(): number {
    const digit = VALUES[this.written.charCodeAt(this.at++)];
    if (digit === undefined || digit > 63) throw new RangeError('A packed number is damaged.');
    return digit;
  }
}
