import t from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';

t.test('the log says when a program exits by itself, why, and when it is restarted', async (t) => {
  const command = [process.execPath, '-e', 'console.error("no more cheese"); process.exit(7)'];
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    providers: { dies: { use: 'process', command, models: { m: 'm' }, start: 'manual' } },
  });
  t.equal((await switchyard.ask('/providers/dies/start', { method: 'POST' })).status, 503);
  const lines = switchyard.log.map((line) => JSON.parse(line) as { level: number; msg: string });
  const told = lines.find(({ level }) => level === 40);
  t.match(
    told?.msg,
    /^dies \(backoff\): dies exited with code 7; last lines: no more cheese; next try in [\d.]+ s$/,
  );
});
