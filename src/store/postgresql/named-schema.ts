/**
 * The schema that a URL names first in `options=-c search_path=…`; undefined if it names none. The last
 * setting counts, as it does for PostgreSQL.
 */
export function namedSchema(databaseUrl: string): string | undefined {
  const options = new URL(databaseUrl).searchParams.get('options') ?? '';
  return [...options.matchAll(/search_path=([a-z_][a-z0-9_]*)/gi)].at(-1)?.[1];
}
