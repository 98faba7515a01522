declare module 'stopword' {
  type Words = readonly string[];
  /** Stopwords by language (ISO 639-3): words too common to characterize a text. */
  export const dan: Words, deu: Words, ell: Words, eng: Words, fra: Words, ita: Words, nld: Words;
  export const nob: Words, por: Words, rus: Words, spa: Words, tur: Words, ukr: Words;
}
