import { Ajv } from 'ajv';
import t from 'tap';
import { ownAccess } from '../../../plugins/auth/own-access-answer.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';

const check = new Ajv().compile(ownAccess);

t.test('a key learns what it may do', async (t) => {
  const switchyard = await startSwitchyard(t, { home: testFolder(t, {}) });
  const access = async (key?: string) => {
    const { status, json } = await switchyard.ask('/access', {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    });
    if (status === 200) t.ok(check(json()));
    return { status, ...json() };
  };
  const made = async (role: string, key?: string): Promise<string> => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return (await switchyard.ask('/keys', { headers, body: { name: `a ${role}`, role } })).json().key;
  };
  t.match(await access(), { key: null, role: 'admin' }, 'without any key everything is open');
  const admin = await made('admin');
  t.match(await access(), { status: 401 });
  t.match(await access(admin), { key: 'a admin', role: 'admin' });
  t.match(await access(await made('viewer', admin)), { key: 'a viewer', role: 'viewer' });
  t.match(await access(await made('caller', admin)), { key: 'a caller', role: 'caller' });
});

t.test('so does a key of the config', async (t) => {
  const server = { apiKeys: ['caller-key-1'], adminKeys: ['admin-key-1'] };
  const { ask } = await startSwitchyard(t, { home: testFolder(t, {}), server });
  const access = async (key: string) =>
    (await ask('/access', { headers: { authorization: `Bearer ${key}` } })).json();
  t.match(await access('caller-key-1'), { key: 'key 1', role: 'caller' });
  t.match(await access('admin-key-1'), { key: 'admin key 1', role: 'admin' });
});
