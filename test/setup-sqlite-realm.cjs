// better-sqlite3's native addon lives once per process and keeps the error class and row factories of the first test
// file's realm: it is made to initialise again for every file. Uses an internal of the pinned version.
require(
  `${require.resolve('better-sqlite3').replace(/index\.js$/, '')}binding.js`,
).getBinding().isInitialized = false;
