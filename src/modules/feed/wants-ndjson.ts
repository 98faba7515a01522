/** Content type of one line of JSON per event. */
export const NDJSON = 'application/x-ndjson';

/**
 * Whether an Accept header prefers NDJSON to JSON: by a higher weight, or at the same weight by coming first.
 */
export function wantsNdjson(accept: string | undefined): boolean {
  const weight = weights(accept ?? '');
  const ndjson = weight.get(NDJSON) ?? 0;
  const json = weight.get('application/json') ?? 0;
  if (ndjson !== json) return ndjson > json;
  return ndjson > 0 && [...weight.keys()].indexOf(NDJSON) < [...weight.keys()].indexOf('application/json');
}

function weights(accept: string): Map<string, number> {
  return new Map(
    accept.split(',').map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const q = parameters.find((parameter) => parameter.startsWith('q='));
      return [type, q === undefined ? 1 : Number(q.slice(2)) || 0];
    }),
  );
}
