import type pg from 'pg';
import type { Erasure, ErasureStep, ErasureStepDone, ReceiptBounds, ReceiptStepDone } from '../event-log.js';
import { dataDigest } from '../event-seal.js';
import { payloadFrom } from '../postgresql-payload.js';

const UNERASED = {
  name: 'unerased events',
  text: `select position, data, encode(seal, 'hex') as seal from events
    where user_id = $1 and position > $2 and position < $3 and type <> 'user.erased' and data <> ''
    order by position limit $4`,
};

const ERASE_EVENTS = {
  name: 'erase events',
  text: `update events e set data = '', seal = k.seal from unnest($2::bigint[], $3::bytea[]) as k(position, seal)
    where e.user_id = $1 and e.position = k.position`,
};

const UNERASED_RETRACTED = {
  name: 'unerased retracted events',
  text: `select e.position, e.data, encode(e.seal, 'hex') as seal
    from retracted_events k join events e on e.user_id = k.user_id and e.position = k.position
    where k.user_id = $1 and k.retraction = $2 and k.position > $3 and e.data <> '' and length(e.seal) = 16
    order by k.position limit $4`,
};

/** The primary key begins with the user. */
const ERASE_RECEIPTS = {
  name: 'erase receipts',
  text: `delete from receipts where ctid = any(array(
    select r.ctid from unnest($1::text[], $2::bigint[]) as u(user_id, position)
    join receipts r on r.user_id = u.user_id and r.position < u.position limit $3))
    returning user_id as "userId"`,
};

/** Erases the data of the user's next events; see LogTransaction. */
export async function eraseEvents(
  client: pg.ClientBase,
  { userId, position }: Erasure,
  { after, limit }: ErasureStep,
): Promise<ErasureStepDone | undefined> {
  const { rows } = await client.query<Unerased>({ ...UNERASED, values: [userId, after, position, limit] });
  return eraseRows(client, userId, rows);
}

/** Erases the data of the next events that the retraction names; see LogTransaction. */
export async function eraseRetracted(
  client: pg.ClientBase,
  { userId, position }: Erasure,
  { after, limit }: ErasureStep,
): Promise<ErasureStepDone | undefined> {
  const values = [userId, position, after, limit];
  const { rows } = await client.query<Unerased>({ ...UNERASED_RETRACTED, values });
  return eraseRows(client, userId, rows);
}

interface Unerased {
  position: number;
  data: string;
  seal: string | null;
}

async function eraseRows(
  client: pg.ClientBase,
  userId: string,
  rows: readonly Unerased[],
): Promise<ErasureStepDone | undefined> {
  const last = rows.at(-1);
  if (!last) return undefined;
  const seals = rows.map(({ data, seal }) => {
    const digest = dataDigest({ data: payloadFrom(data), seal });
    return digest === null ? null : Buffer.from(digest, 'hex');
  });
  await client.query({ ...ERASE_EVENTS, values: [userId, rows.map((row) => row.position), seals] });
  const bytes = rows.reduce((sum, { data }) => sum + Buffer.byteLength(payloadFrom(data)), 0);
  return { upTo: last.position, erased: rows.length, bytes };
}

/** Removes the next receipts of the users; see LogTransaction. */
export async function eraseReceipts(
  client: pg.ClientBase,
  bounds: ReceiptBounds,
  { after, limit }: ErasureStep,
): Promise<ReceiptStepDone | undefined> {
  const values = [[...bounds.keys()], [...bounds.values()], limit];
  const { rows } = await client.query<{ userId: string }>({ ...ERASE_RECEIPTS, values });
  if (rows.length === 0) return undefined;
  const erased = new Map<string, number>();
  for (const { userId } of rows) erased.set(userId, (erased.get(userId) ?? 0) + 1);
  return { upTo: after, erased };
}
