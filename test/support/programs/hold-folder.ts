import { takeDataFolder } from '../../../src/store/sqlite/data-folder.js';

// Usage: hold-folder <data folder>. Takes the folder, says so, and holds it until it is killed.
takeDataFolder(process.argv[2] ?? '');
process.stdout.write('taken\n');
setInterval(() => undefined, 60_000);
