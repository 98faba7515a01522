/**
 * Returns the error's message. An AggregateError without one, as for a host with two addresses, gives the
 * messages of its parts; otherwise the code or the name.
 */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  const { errors = [], code } = error as { errors?: unknown[]; code?: string };
  return errors.length > 0 ? errors.map(whyOf).join('; ') : (code ?? error.name);
}
