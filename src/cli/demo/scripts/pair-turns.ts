/** One utterance of one speaker. */
export interface SpokenTurn {
  speaker: string;
  text: string;
  at?: string;
}

/** A user's message with the reply to it, as the service records a turn. */
export interface Exchange {
  userMessage: string;
  assistantMessage: string;
  occurredAt: string;
}

/** The service's limit for each side of a turn. */
const MAX_CHARACTERS = 64_000;

/**
 * Pairs a session's utterances into exchanges without losing any text. Consecutive utterances of one side are
 * joined. Utterances before the user's first one are put, with their speaker's name, in front of the user's
 * first message.
 */
export function pairTurns(
  turns: readonly Required<SpokenTurn>[],
  user: string,
  companion: string,
): Exchange[] {
  const exchanges: Exchange[] = [];
  const firstByUser = turns.findIndex((turn) => turn.speaker === user);
  const opening = firstByUser === -1 ? turns.length : firstByUser;
  turns.forEach((turn, index) => {
    const usersSide = index < opening || turn.speaker === user;
    const expected = turn.speaker === (usersSide ? user : companion);
    const line = expected ? turn.text : `${turn.speaker}: ${turn.text}`;
    const current = exchanges.at(-1);
    if (!current || (usersSide && current.assistantMessage !== '')) {
      exchanges.push({ userMessage: line, assistantMessage: '', occurredAt: turn.at });
    } else if (usersSide) {
      current.userMessage = joined(current.userMessage, line);
    } else {
      current.assistantMessage = joined(current.assistantMessage, line);
    }
  });
  return exchanges.flatMap(withinLimits);
}

function joined(before: string, after: string): string {
  return before === '' ? after : `${before}\n${after}`;
}

function withinLimits({ userMessage, assistantMessage, occurredAt }: Exchange): Exchange[] {
  const messages = parts(userMessage, MAX_CHARACTERS);
  const replies = parts(assistantMessage, MAX_CHARACTERS);
  const lastMessage = messages.pop() ?? '';
  return [
    ...messages.map((part) => ({ userMessage: part, assistantMessage: '', occurredAt })),
    ...replies.map((part, n) => ({
      userMessage: n === 0 ? lastMessage : '',
      assistantMessage: part,
      occurredAt,
    })),
  ];
}

/** Splits the text into pieces of at most `characters` characters; an empty text gives one empty piece. */
export function parts(text: string, characters: number): string[] {
  // By code points, as the service counts: half a letter would be refused.
  const points = [...text];
  const count = Math.max(1, Math.ceil(points.length / characters));
  return Array.from({ length: count }, (_, n) => points.slice(n * characters, (n + 1) * characters).join(''));
}
