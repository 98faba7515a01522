// The native addon of better-sqlite3 is loaded once per process, and keeps the error class and row factories
// of the realm of the first test file. This makes it initialise again for every file. It uses an internal of
// the pinned version.
require(
  `${require.resolve('better-sqlite3').replace(/index\.js$/, '')}binding.js`,
).getBinding().isInitialized = false;
