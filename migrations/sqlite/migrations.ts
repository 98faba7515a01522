import { Initial } from './0001-initial.js';

/** Every migration, oldest first; a merged one is never edited. */
export const sqliteMigrations = [{ name: '0001-initial', class: Initial }];
