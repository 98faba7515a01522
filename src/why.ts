/** What went wrong, in the words of the error. One that stands for several, as when a host has two addresses, has none. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  const { errors = [], code } = error as { errors?: unknown[]; code?: string };
  return errors.length > 0 ? errors.map(whyOf).join('; ') : (code ?? error.name);
}
