/** What is done with a database file as a whole. */
export { asOneFile, copySqliteFile, quickCheck } from './sqlite/database-file.js';
