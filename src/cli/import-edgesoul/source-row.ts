import type { ForeignRow } from '../../store/sqlite/foreign-file.js';
import { cleanJson, cleanText, cut } from './clean.js';
import type { SourceClock, SourceTime } from './source-clock.js';

/** Reads the values of one row, and tells what it had to repair. */
export class SourceRow {
  constructor(
    private readonly values: ForeignRow,
    readonly clock: SourceClock,
    private readonly repaired: (kind: string) => void,
  ) {}

  has(column: string): boolean {
    return this.values[column] !== undefined && this.values[column] !== null;
  }

  /** The text as it is, or undefined: for ids. */
  id(column: string): string | undefined {
    const value = this.values[column];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }

  text(column: string, max: number): string | undefined {
    const value = this.values[column];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') this.repair('type');
    return this.storable(typeof value === 'string' ? value : String(value), max);
  }

  /** A text without what no database can hold, and not longer than `max` characters. */
  storable(text: string, max: number): string {
    const clean = cleanText(text);
    if (clean !== text) this.repair('characters');
    const short = cut(clean, max);
    if (short !== clean) this.repair('length');
    return short;
  }

  number(column: string): number | undefined {
    const value = this.values[column];
    if (value === undefined || value === null) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) return this.repair('type');
    if (typeof value === 'string') this.repair('type');
    return number;
  }

  /** A number in its range. */
  between(column: string, min: number, max: number): number | undefined {
    const value = this.number(column);
    if (value === undefined) return undefined;
    if (value < min || value > max) this.repair('range');
    return Math.min(max, Math.max(min, value));
  }

  integer(column: string, min: number, max: number): number | undefined {
    const value = this.between(column, min, max);
    if (value !== undefined && !Number.isInteger(value)) this.repair('type');
    return value === undefined ? undefined : Math.round(value);
  }

  boolean(column: string): boolean | undefined {
    const value = this.number(column);
    return value === undefined ? undefined : value !== 0;
  }

  /**
   * A share of 1. The original stored it as 0..1 in some places, and as 0..100 in others: what is above 1 is
   * of 100.
   */
  share(column: string): number | undefined {
    const value = this.number(column);
    if (value === undefined) return undefined;
    if (value > 1) this.repair('scale');
    if (value < 0 || value > 100) this.repair('range');
    const share = value > 1 ? value / 100 : value;
    return Math.min(1, Math.max(0, share));
  }

  list(column: string): unknown[] {
    const value = this.json(column);
    if (value === undefined || Array.isArray(value)) return value ?? [];
    return this.repair('json') ?? [];
  }

  object(column: string): Record<string, unknown> {
    const value = this.json(column);
    if (value === undefined) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    return this.repair('json') ?? {};
  }

  /** Texts of a list, each at most `max` characters long, the last `count` of them. */
  texts(column: string, count: number, max: number): string[] {
    const list = this.list(column);
    const texts = list.filter((item) => typeof item === 'string' && item.trim() !== '') as string[];
    if (texts.length < list.length) this.repair('list');
    if (texts.length > count) this.repair('length');
    return texts.slice(-count).map((text) => this.storable(text, max));
  }

  /** A time that the server wrote by its own clock. */
  local(column: string): SourceTime | undefined {
    return this.time(column, (text) => this.clock.local(text));
  }

  /** A time that the server wrote in UTC. */
  utc(column: string): SourceTime | undefined {
    return this.time(column, (text) => this.clock.utc(text));
  }

  repair(kind: string): undefined {
    this.repaired(kind);
    return undefined;
  }

  private time(column: string, read: (text: string) => SourceTime | undefined): SourceTime | undefined {
    const value = this.values[column];
    if (value === undefined || value === null) return undefined;
    return read(String(value)) ?? this.repair('time');
  }

  /** The value of a JSON column; undefined for none. */
  private json(column: string): unknown {
    const value = this.values[column];
    if (value === undefined || value === null || value === '') return undefined;
    try {
      const parsed = JSON.parse(String(value)) as unknown;
      if (parsed === null) return undefined;
      const clean = cleanJson(parsed);
      if (clean.changed) this.repair('characters');
      return clean.value;
    } catch {
      return this.repair('json');
    }
  }
}
