declare module 'stopword' {
  /** English stopwords: words too common to characterize a text. */
  export const eng: readonly string[];
}
