/** What every command's answer says of places in the log. */
interface Answer {
  position?: unknown;
  events?: unknown;
}

/**
 * The answer of a command whose events have moved, so that its retry names where they are now. A position that did not
 * move, or is not known, stays.
 */
export function withPositions(body: string, newPosition: (old: number) => number | undefined): string {
  const answer = JSON.parse(body) as Answer | null;
  if (typeof answer !== 'object' || answer === null) return body;
  const moved = (value: unknown) => (typeof value === 'number' ? (newPosition(value) ?? value) : value);
  const { position, events } = answer;
  if (position !== undefined) answer.position = moved(position);
  if (Array.isArray(events)) {
    for (const event of events as Answer[])
      if (event.position !== undefined) event.position = moved(event.position);
  }
  return JSON.stringify(answer);
}
