import type { Rows } from '../database/row-store.js';
import type { Table } from '../database/table.js';
import type { FoldEventOf, StoreEvent } from '../events/event-catalog.js';

/** By event type: how an event changes the rows. Folds are pure: no clock, no I/O, no other projection. */
export type Folds = { readonly [T in StoreEvent['type']]?: (event: FoldEventOf<T>, rows: Rows) => void };

/** By event type: what an event whose data is erased leaves. It has its envelope only. */
export type ErasedFolds = {
  readonly [T in StoreEvent['type']]?: (event: Omit<FoldEventOf<T>, 'data'>, rows: Rows) => void;
};

/** A whole number that folds depend on, and that a replay may set to another value. */
export interface Setting {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** What it is, with its unit. */
  readonly about: string;
}

/** The settings of a projection, by name. */
export type Settings = Readonly<Record<string, Setting>>;

/** A value for each setting. */
export type SettingValues<S extends Settings = Settings> = { readonly [K in keyof S]: number };

/** A keyed fold over the log. Live writes, rebuild and verification use the same definition. */
export interface Projection {
  readonly name: string;
  /** Raised when the meaning of folds or tables changes; rows of an older version are rebuilt. */
  readonly version: number;
  /** Every row has a `userId`, so that one user can be folded again on its own. */
  readonly tables: readonly Table[];
  /** The folds with the defaults of all settings. */
  readonly folds: Folds;
  /**
   * What an event that was taken back leaves in the rows, by event type: never what it said, at most that
   * there was one. Types without a fold here leave nothing.
   */
  readonly retracted: Folds;
  /** What an event leaves in the rows that was taken back, and whose data is erased; likewise. */
  readonly erased: ErasedFolds;
  readonly settings: Settings;
  /** The folds with other values. */
  readonly foldsWith: (values: SettingValues) => Folds;
}

/** What is declared of a projection: its folds, or how they are made with the values of its settings. */
interface Declared<S extends Settings> extends Pick<Projection, 'name' | 'version' | 'tables'> {
  readonly settings?: S;
  readonly retracted?: Folds;
  readonly erased?: ErasedFolds;
  readonly folds: Folds | ((values: SettingValues<S>) => Folds);
}

/** Declares a projection. */
export function defineProjection<S extends Settings>(declared: Declared<S>): Projection {
  const { folds, settings = {}, retracted = {}, erased = {}, ...rest } = declared;
  const common = { ...rest, retracted, erased, settings };
  if (typeof folds !== 'function') return { ...common, folds, foldsWith: () => folds };
  const foldsWith = folds as Projection['foldsWith'];
  return { ...common, folds: foldsWith(defaultsOf(settings)), foldsWith };
}

/** How an event counts for the rows. */
export interface Counting {
  /** Whether it is taken back. */
  isRetracted: boolean;
  /** Whether its data is erased. */
  isErased: boolean;
}

/**
 * Returns which folds take an event; undefined for one that no projection knows of: that of an erased user.
 */
export function foldsFor({ isRetracted, isErased }: Counting): 'folds' | 'retracted' | 'erased' | undefined {
  if (!isErased) return isRetracted ? 'retracted' : 'folds';
  return isRetracted ? 'erased' : undefined;
}

/** The default of each setting. */
export function defaultsOf(settings: Settings): SettingValues {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
}

/** Returns the last `count` items in the order of `compare`; equal items keep their order. */
export function lastOf<T>(items: readonly T[], count: number, compare: (a: T, b: T) => number): T[] {
  // Items usually arrive in order.
  const sorted = items.every((item, i) => i === 0 || compare(items[i - 1] as T, item) <= 0);
  return (sorted ? items : items.toSorted(compare)).slice(-count);
}
