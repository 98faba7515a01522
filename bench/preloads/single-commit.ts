// Loaded before the service's main: the same writer, but with one command per commit.
import type { WriterLimits } from '../../src/writer/event-writer.ts';

const built = new URL('../../dist/src/writer/event-writer.js', import.meta.url).href;
const { DEFAULT_LIMITS } = (await import(built)) as { DEFAULT_LIMITS: WriterLimits };
DEFAULT_LIMITS.batch = 1;
