// Imported first by every program: whatever it creates (database, log, locks, backups, exports, scratch
// files) contains what users wrote, or lies beside it. Only the owner may read it: files 0600, folders 0700.
process.umask(0o077);
