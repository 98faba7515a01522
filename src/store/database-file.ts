/** What is done with a database file as a whole. */
export { asOneFile, copySqliteFile, quickCheck } from '../database/sqlite/sqlite-copy.js';
