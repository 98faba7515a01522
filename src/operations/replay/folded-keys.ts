import type { ScratchRows } from '../../store/open-scratch-rows.js';
import { notJson } from './plain-json.js';
import { badRow } from './replay-errors.js';

/** Characters of rows that are kept in memory between two saves. */
const CACHED_CHARACTERS = 32 * 1024 * 1024;
/** Characters of JSON that one row may have. */
const MAX_ROW_CHARACTERS = 1024 * 1024;

interface Cached {
  row: object;
  characters: number;
}

/** The rows of a fold by key: those in use in memory, all of them in a file. */
export class FoldedKeys {
  private readonly cache = new Map<string, Cached>();
  private cachedCharacters = 0;
  private dirty = new Map<string, object | undefined>();

  constructor(
    private readonly fold: string,
    private readonly saved: ScratchRows,
  ) {}

  get(key: string): object | undefined {
    if (this.dirty.has(key)) return this.dirty.get(key);
    const cached = this.cache.get(key);
    if (cached) return cached.row;
    const json = this.saved.get(key);
    return json === undefined ? undefined : (JSON.parse(json) as object);
  }

  set(key: string, row: object | undefined): void {
    this.dirty.set(key, row);
  }

  /**
   * Saves all changes together with the notes. Throws InvalidInput for a row that is too large or no JSON.
   */
  save(notes: Readonly<Record<string, string>>): void {
    const texts = new Map<string, string | undefined>();
    for (const [key, row] of this.dirty) {
      this.forget(key);
      if (row === undefined) {
        texts.set(key, undefined);
        continue;
      }
      const json = this.textOf(key, row);
      texts.set(key, json);
      // As it is read from the file: a fold must not see whether a row was in memory.
      this.cache.set(key, { row: JSON.parse(json) as object, characters: json.length });
      this.cachedCharacters += json.length;
    }
    this.saved.save(texts, notes);
    this.dirty = new Map();
    for (const key of this.cache.keys()) {
      if (this.cachedCharacters <= CACHED_CHARACTERS) break;
      this.forget(key);
    }
  }

  private textOf(key: string, row: object): string {
    const wrong = notJson(row);
    if (wrong !== undefined) throw badRow(this.fold, key, `${wrong}, which JSON cannot hold`);
    const json = JSON.stringify(row);
    if (json.length <= MAX_ROW_CHARACTERS) return json;
    const size = `it has ${json.length} characters of JSON, and at most ${MAX_ROW_CHARACTERS} are kept`;
    throw badRow(this.fold, key, `${size}; fold into more and smaller rows`);
  }

  private forget(key: string): void {
    this.cachedCharacters -= this.cache.get(key)?.characters ?? 0;
    this.cache.delete(key);
  }
}
