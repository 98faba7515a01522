/** The fields of a command's answer that contain log positions. */
interface Answer {
  position?: unknown;
  events?: unknown;
}

/** Returns a command's answer with the new positions of its events, for its retry. Unknown positions stay. */
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
