import { join } from 'node:path';
import { readConfig } from './src/config.js';
import { ormOptions } from './src/store/orm-options.js';

/** For the MikroORM command line. */
export default () => {
  const { databaseUrl, dataDir } = readConfig(process.env);
  return ormOptions(
    databaseUrl === undefined ? { file: join(dataDir, 'edgesoul.db') } : { url: databaseUrl },
  );
};
