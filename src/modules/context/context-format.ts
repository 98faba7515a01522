/** The formats of a context, the default first. */
export const CONTEXT_FORMATS = ['json', 'text', 'openai', 'anthropic'] as const;

/** One of the formats. */
export type ContextFormat = (typeof CONTEXT_FORMATS)[number];
