import { EVENT_FIELDS } from '../../events/event-fields.js';
import { countedRows } from '../../formats/counted-rows.js';
import { rowBytes, type RowFormat } from '../../formats/row-format.js';
import { Patience } from '../../give-way.js';
import { lowerPriority } from '../../low-priority.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { toResult, type ThreadResult } from '../../thread-result.js';
import { sendOnDemand } from '../thread-stream.js';
import type { Task } from '../thread-task.js';
import { eventRows, type EventRange } from './event-rows.js';

// The thread that writes copies of the log; several of them take turns in it.
lowerPriority();

/** A copy of a part of the log. */
export interface EventCopy {
  address: DatabaseAddress;
  format: RowFormat;
  range: EventRange;
}

/** Sends the bytes of the copy, as they are asked for, and returns the number of its events. */
export default function copy({ input, port }: Task<EventCopy>): Promise<ThreadResult<number>> {
  const { address, format, range } = input;
  return toResult(() =>
    readStore(address, async (reader) => {
      const { upTo, ...filter } = range;
      const about = {
        storeId: await reader.storeId(),
        position: String(upTo),
        query: JSON.stringify(filter),
      };
      let events = 0;
      const rows = countedRows(eventRows(reader, range, new Patience()), (count) => (events = count));
      await sendOnDemand(port, rowBytes(format, EVENT_FIELDS, rows, about));
      return events;
    }),
  );
}
