const { setTimeout: realSetTimeout } = globalThis;

// Loaded before a service: what it puts off for exactly a minute comes after HURRIED_MINUTE ms.
globalThis.setTimeout = (work, ms, ...rest) =>
  realSetTimeout(work, ms === 60_000 ? Number(process.env.HURRIED_MINUTE) : ms, ...rest);
