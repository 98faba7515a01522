import type { StoreEvent } from '../../events/event-catalog.js';
import type { EventPage } from '../../events/event-page.js';
import type { Reads } from '../../projections/reads/reads.js';

/** An event as a page of the log has it: times are ISO 8601. */
export type Logged<E extends { occurredAt: unknown } = StoreEvent> = Omit<E, 'occurredAt'> & {
  occurredAt: string;
  retracted?: object;
};

/** The events of a page in the format `json`, without erased ones and those that are marked as taken back. */
export function loggedEvents({ text }: EventPage): Logged[] {
  const events = JSON.parse(`[${new TextDecoder().decode(text)}]`) as Logged[];
  return events.filter(({ data, retracted }) => (data as object | null) !== null && !retracted);
}

/** The registration of a user: a list of one event, or of none for an unknown user. */
export async function registrationOf(reads: Reads, userId: string): Promise<Logged[]> {
  const query = { after: 0, userId, types: ['user.registered'], limit: 1, format: 'json' } as const;
  return loggedEvents(await reads.eventPage(query));
}
