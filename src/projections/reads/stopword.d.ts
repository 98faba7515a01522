declare module 'stopword' {
  /** English words that say little about what a text is about. */
  export const eng: readonly string[];
}
