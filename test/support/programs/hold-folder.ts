import { takeDataFolder } from '../../../src/store/sqlite/data-folder.js';

// Usage: hold-folder <data folder>. Locks the folder, prints "taken", and keeps the lock until it is killed.
takeDataFolder(process.argv[2] ?? '');
process.stdout.write('taken\n');
setInterval(() => undefined, 60_000);
