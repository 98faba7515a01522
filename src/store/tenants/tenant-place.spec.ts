import { InvalidInput } from '../../errors.js';
import { isTenantName } from './tenant-name.js';
import { ofTenant, schemaOf } from './tenant-place.js';

const SQLITE = { databaseUrl: undefined, dataDir: '/data', backupDir: '/backups' };
const URL_OF_STORE = 'postgresql://me:secret@db:5432/memories';
const schemaIn = (databaseUrl: string | undefined) => new URL(databaseUrl ?? '').searchParams.get('options');

describe('the place of a tenant', () => {
  it('is that of the settings for the default one', () => {
    expect(ofTenant(SQLITE, 'default')).toBe(SQLITE);
  });

  it('is a folder of its own beside the data and beside the backups', () => {
    expect(ofTenant(SQLITE, 'acme')).toEqual({
      databaseUrl: undefined,
      dataDir: '/data/tenants/acme',
      backupDir: '/backups/tenants/acme',
    });
  });

  it('is a schema of its own in PostgreSQL, also where the store itself is in a schema', () => {
    const place = { ...SQLITE, databaseUrl: URL_OF_STORE };
    expect(schemaIn(ofTenant(place, 'a-b').databaseUrl)).toBe('-c search_path=edgesoul_tenant_a_b');
    const inSchema = `${URL_OF_STORE}?options=-c%20search_path%3Dmine`;
    expect(schemaOf(inSchema, 'acme')).toBe('mine_tenant_acme');
    expect(schemaIn(ofTenant({ ...place, databaseUrl: inSchema }, 'acme').databaseUrl)).toBe(
      '-c search_path=mine -c search_path=mine_tenant_acme',
    );
  });

  it('is refused where PostgreSQL would cut the name of the schema', () => {
    const long = `${URL_OF_STORE}?options=-c%20search_path%3D${'s'.repeat(20)}`;
    expect(() => schemaOf(long, 'a'.repeat(40))).toThrow(InvalidInput);
  });

  it.each(['', '-a', 'A', 'a_b', 'a/b', '..', 'a.b', 'é', 'a'.repeat(41)])('has not the name %j', (name) => {
    expect(isTenantName(name)).toBe(false);
  });
});
