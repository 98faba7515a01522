import { eng } from 'stopword';

/**
 * English words too common to tell memories apart; "like" may be all that a question asks, and "does" is as common as
 * "do".
 */
export const STOPWORDS: ReadonlySet<string> = new Set([...eng.filter((word) => word !== 'like'), 'does']);
