/** Parameters of the address that keep only events with the same value in a field; the service does not know them. */
export const ONLY = /** @type {Record<string, { field: string, name: string }>} */ ({
  stream: { field: 'streamId', name: 'Stream' },
  command: { field: 'commandId', name: 'Command' },
  correlation: { field: 'correlationId', name: 'Correlation' },
  event: { field: 'eventId', name: 'Event' },
});

/**
 * @param {any} event
 * @param {Record<string, string>} params
 */
export const isWanted = (event, params) =>
  Object.entries(ONLY).every(([param, { field }]) => !params[param] || params[param] === event[field]);
