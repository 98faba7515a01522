import { jest } from '@jest/globals';
import { Client, escapeLiteral } from 'pg';

/** A statement as it was sent, with its parameters. */
export interface SentStatement {
  text: string;
  values: readonly (string | number | string[] | null)[];
}

/** A node of a plan, with what was counted while it ran. */
interface PlanNode {
  'Node Type': string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** Runs the work, and returns the queries that it sends to PostgreSQL. */
export async function queriesOf(work: () => Promise<unknown>): Promise<SentStatement[]> {
  const query = jest.spyOn(Client.prototype, 'query');
  try {
    await work();
    return query.mock.calls
      .map(([sent, values]) => {
        const { text, values: own } = (typeof sent === 'string' ? { text: sent } : sent) as SentStatement;
        return { text, values: own ?? (Array.isArray(values) ? values : []) };
      })
      .filter(({ text }) => text.startsWith('select'));
  } finally {
    query.mockRestore();
  }
}

/**
 * Runs the query and returns the most rows that one step of its plan reads. `generic` plans without knowing
 * the parameters, as PostgreSQL may do from the sixth execution of a prepared statement on.
 */
export async function mostRowsRead(
  client: Client,
  { text, values }: SentStatement,
  { generic }: { generic: boolean },
): Promise<number> {
  await client.query(`set plan_cache_mode = ${generic ? 'force_generic_plan' : 'force_custom_plan'}`);
  await client.query(`prepare explained as ${text}`);
  const parameters = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`;
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (analyze, format json) execute explained${parameters}`,
  );
  await client.query('deallocate explained');
  return mostRows((rows[0] as (typeof rows)[0])['QUERY PLAN'][0].Plan);
}

function mostRows(node: PlanNode): number {
  const read = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  return Math.max(read, ...(node.Plans ?? []).map(mostRows));
}

function literal(value: string | number | string[] | null): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return escapeLiteral(`{${value.map((each) => JSON.stringify(each)).join(',')}}`);
  return escapeLiteral(String(value));
}
