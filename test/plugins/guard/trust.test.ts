import t from 'tap';
import { testFolder } from '../../test-folder.ts';
import { oneRequest, openLab } from '../../lab.ts';

t.test(
  'with the first key any host name is answered, and with the last one gone no foreign one is',
  async (t) => {
    const { switchyard } = await openLab(t, { config: { home: testFolder(t, {}) } });
    const under = (headers: string[] = []) =>
      oneRequest(switchyard.url, 'GET /v1/models', headers, '', '1.1', 'gateway.example');
    t.equal((await under()).status, 403);
    const { key } = (await switchyard.ask('/keys', { body: { name: 'root', role: 'admin' } })).json();
    t.equal((await under()).status, 401);
    t.equal((await under([`x-api-key: ${key}`])).status, 200);
    await switchyard.ask('/keys/root', { method: 'DELETE', headers: { 'x-api-key': key } });
    t.equal((await under()).status, 403);
    t.equal((await switchyard.chat()).status, 200, 'open to this machine again');
  },
);
