/**
 * Returns the choices of an `Accept` or `Accept-Encoding` header in lower case with their weights, 0..1, in
 * the order of the header.
 */
export function weightedChoices(header: string): Map<string, number> {
  return new Map(
    header.split(',').flatMap((part): [string, number][] => {
      const [choice = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      if (choice === '') return [];
      const q = parameters.find((parameter) => parameter.startsWith('q='));
      return [[choice, q === undefined ? 1 : Number(q.slice(2)) || 0]];
    }),
  );
}
