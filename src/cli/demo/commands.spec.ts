import { asId, requestOf, type Command } from './commands.js';

const address = { userId: 'user@home', idempotencyKey: 'k' };

describe('requestOf', () => {
  it.each<[Command, { method: string; path: string; body?: object }]>([
    [
      { ...address, command: 'ReviseMemory', memoryId: 'm:1', content: 'new' },
      { method: 'PATCH', path: '/v1/users/user%40home/memories/m%3A1', body: { content: 'new' } },
    ],
    [
      { ...address, command: 'ForgetMemory', memoryId: 'm', reason: 'his to tell' },
      { method: 'DELETE', path: '/v1/users/user%40home/memories/m?reason=his%20to%20tell' },
    ],
    [
      { ...address, command: 'EndSession', sessionId: 's' },
      { method: 'POST', path: '/v1/users/user%40home/sessions/s/end' },
    ],
    [
      { ...address, command: 'RecallMemories', memoryIds: ['m'] },
      { method: 'POST', path: '/v1/users/user%40home/recalls', body: { memoryIds: ['m'] } },
    ],
  ])(
    'puts the fields that the path names into the path, and the others into the body: %j',
    (command, request) => {
      expect(requestOf(command)).toEqual(request);
    },
  );
});

describe('asId', () => {
  it('replaces characters that an id may not contain, and cuts it to 128 characters', () => {
    expect(asId('conv-26/session 1')).toBe('conv-26-session-1');
    expect(asId('a'.repeat(200))).toHaveLength(128);
  });
});
