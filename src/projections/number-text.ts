/** The digits of base64, as source maps use them: each holds five bits, and whether another one follows. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const MORE = 32;
/** The value of each character; no other character is a digit. */
const VALUES = Uint8Array.from({ length: 256 }, (_, code) => {
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
  // Without a remainder, which takes long for numbers of more than 31 bits.
  const half = Math.floor(value / 2);
  return 2 * half === value ? half : -half - 1;
}

/** Reads numbers that `numberText` wrote one after another; one reader reads any number of texts. */
export class NumberReader {
  // Both grow with the texts and are used again. Bytes are read several times as fast as characters of a
  // string.
  private numbers = new Float64Array(1_024);
  private bytes = Buffer.alloc(1_024);
  private count = 0;
  /** The place of the next number: 0 is that of the first. */
  at = 0;

  /**
   * Begins a text. Throws RangeError for a character that is no digit, and where the last number has no end.
   */
  open(written: string): this {
    const { length } = written;
    if (length > this.numbers.length) {
      this.numbers = new Float64Array(2 * length);
      this.bytes = Buffer.alloc(2 * length);
    }
    const { numbers, bytes } = this;
    bytes.write(written, 'latin1');
    let count = 0;
    for (let i = 0; i < length;) {
      let digit = VALUES[bytes[i++] as number] as number;
      let value = 0;
      let scale = 1;
      while (digit >= MORE) {
        if (digit >= 2 * MORE || i === length) throw damaged();
        value += (digit - MORE) * scale;
        scale *= MORE;
        digit = VALUES[bytes[i++] as number] as number;
      }
      numbers[count++] = value + digit * scale;
    }
    this.count = count;
    this.at = 0;
    return this;
  }

  get isAtEnd(): boolean {
    return this.at >= this.count;
  }

  /** Reads the next number. Throws RangeError at the end. */
  next(): number {
    return this.numberAt(this.at++);
  }

  /** Reads the number at a place. Throws RangeError after the last. */
  numberAt(place: number): number {
    if (place >= this.count) throw damaged();
    return this.numbers[place] as number;
  }

  /** Skips numbers. */
  skip(count: number): void {
    this.at += count;
  }
}

function damaged(): RangeError {
  return new RangeError('A packed number is damaged.');
}
