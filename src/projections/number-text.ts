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
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** Reads numbers that `numberText` wrote one after another; one reader reads any number of texts. */
export class NumberReader {
  // Both grow with the texts and are used again. Bytes are read several times as fast as characters of a string.
  private numbers = new Float64Array(1_024);
  private bytes = Buffer.alloc(1_024);
  private count = 0;
  private at = 0;

  /** Begins a text. Throws RangeError for a character that is no digit, and where the last number has no end. */
  open(written: string): this {
    const { length } = written;
    if (length > this.numbers.length) {
      this.numbers = new Float64Array(2 * length);
      this.bytes = Buffer.alloc(2 * length);
    }
    const { numbers, bytes } = this;
    bytes.write(written, 'latin1');
    let count = 0;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < length; i++) {
      const digit = VALUES[bytes[i] as number] as number;
      if (digit < MORE) {
        numbers[count++] = value + digit * scale;
        value = 0;
        scale = 1;
      } else if (digit < 2 * MORE) {
        value += (digit - MORE) * scale;
        scale *= MORE;
      } else throw damaged();
    }
    if (scale !== 1) throw damaged();
    this.count = count;
    this.at = 0;
    return this;
  }

  get isAtEnd(): boolean {
    return this.at >= this.count;
  }

  /** Reads the next number. Throws RangeError at the end. */
  next(): number {
    if (this.at >= this.count) throw damaged();
    return this.numbers[this.at++] as number;
  }

  /** Skips numbers. */
  skip(count: number): void {
    this.at += count;
  }
}

function damaged(): RangeError {
  return new RangeError('A packed number is damaged.');
}
