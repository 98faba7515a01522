/** The emotion of one message, as the chat service's detector would report it. */
export interface FeltEmotion {
  label: string;
  intensity: number;
  confidence?: number;
  triggers?: string[];
}

interface RecordTurn {
  command: 'RecordTurn';
  sessionId: string;
  userMessage: string;
  assistantMessage: string;
  emotion?: FeltEmotion;
  topics?: string[];
  occurredAt: string;
}

interface FormMemory {
  command: 'FormMemory';
  memoryId: string;
  type: string;
  content: string;
  context?: string;
  confidence?: number;
  importance?: number;
  metadata?: Record<string, unknown>;
  occurredAt: string;
}

interface ObserveEmotion {
  command: 'ObserveEmotion';
  emotion: string;
  intensity: number;
  triggers?: string[];
  sessionId?: string;
  occurredAt: string;
}

/** The fields of a memory that a revision may change. */
export type MemoryChanges = Partial<Pick<FormMemory, 'content' | 'context' | 'confidence' | 'importance'>>;

/** One command of the service's contract, addressed to a user and safe to send twice. */
export type Command = { userId: string; idempotencyKey: string } & (
  | RecordTurn
  | FormMemory
  | ObserveEmotion
  | ({ command: 'ReviseMemory'; memoryId: string } & MemoryChanges)
  | { command: 'ForgetMemory'; memoryId: string; reason: string }
  | { command: 'RecallMemories'; memoryIds: string[] }
  | ({ command: 'ChangeProfile' } & Record<string, unknown>)
  | { command: 'EndSession'; sessionId: string }
);

/** The request that carries a command on its own route. */
export interface CommandRequest {
  method: string;
  path: string;
  body?: Record<string, unknown>;
}

const ROUTES: Record<Command['command'], { method: string; path: string }> = {
  RecordTurn: { method: 'POST', path: 'turns' },
  FormMemory: { method: 'POST', path: 'memories' },
  ObserveEmotion: { method: 'POST', path: 'emotions' },
  ReviseMemory: { method: 'PATCH', path: 'memories/{memoryId}' },
  ForgetMemory: { method: 'DELETE', path: 'memories/{memoryId}?reason={reason}' },
  RecallMemories: { method: 'POST', path: 'recalls' },
  ChangeProfile: { method: 'PATCH', path: 'profile' },
  EndSession: { method: 'POST', path: 'sessions/{sessionId}/end' },
};

/** The request of a command: fields that the path names go into the path, all others into the body. */
export function requestOf(command: Command): CommandRequest {
  const { command: name, userId, idempotencyKey: _, ...fields } = command;
  const body: Record<string, unknown> = { ...fields };
  const path = ROUTES[name].path.replaceAll(/\{(\w+)\}/g, (_match, field: string) => {
    const value = String(body[field]);
    delete body[field];
    return encodeURIComponent(value);
  });
  return {
    method: ROUTES[name].method,
    path: `/v1/users/${encodeURIComponent(userId)}/${path}`,
    ...(Object.keys(body).length > 0 && { body }),
  };
}

/** Turns a text into an id that the service accepts: 1..128 of `A-Za-z0-9._-:@`; the rest becomes dashes. */
export function asId(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._:@-]+/g, '-').slice(0, 128);
}
