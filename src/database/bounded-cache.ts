import { LRUCache } from 'lru-cache';

/**
 * A cache of at most so many entries, which forgets those that were not used for the longest time. It grows
 * with what it holds: with the option `max`, the library would allocate room for all entries at once, tens of
 * milliseconds for each file that is opened.
 */
export function boundedCache<Value extends object | string>(entries: number): LRUCache<string, Value> {
  return new LRUCache({ maxSize: entries, sizeCalculation: () => 1 });
}
