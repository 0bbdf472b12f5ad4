import t from 'tap';
import { Agent, request } from 'undici';
import { listRecordings, providerIndex, readRecording } from './recordings.ts';
import { startUpstream } from './upstream.ts';

const upstream = await startUpstream({ interval: 0 });
const dispatcher = new Agent({ allowH2: false });
t.teardown(async () => {
  await dispatcher.destroy();
  await upstream.close();
});

async function replay(file: string) {
  upstream.behave('replay', { file });
  const url = `${upstream.url}/chat/completions`;
  const { statusCode, headers, body } = await request(url, { method: 'POST', body: '{}', dispatcher });
  const pieces: Buffer[] = [];
  try {
    for await (const piece of body) pieces.push(piece as Buffer);
    return { status: statusCode, headers, body: Buffer.concat(pieces), complete: true };
  } catch {
    return { status: statusCode, headers, body: Buffer.concat(pieces), complete: false };
  }
}

t.test('every recorded answer comes back byte for byte, and breaks where it broke', async (t) => {
  const files = listRecordings();
  t.ok(files.length > 500, `${files.length} recordings`);
  for (const file of files) {
    const recorded = readRecording(file);
    const { status, body, complete } = await replay(file);
    if (status !== recorded.status || complete !== recorded.complete || !body.equals(recorded.body)) {
      t.fail(`${file}: ${status}, ${body.length} bytes, ${complete ? 'complete' : 'broken'}`);
    }
  }
});

t.test('the index knows every recording of a provider program', async (t) => {
  const files = listRecordings('providers').filter((file) => file.endsWith('.txt'));
  t.strictSame([...providerIndex().keys()].sort(), files);
  const broken = [...providerIndex().values()].filter(({ complete }) => !complete);
  t.equal(broken.length, 6);
  for (const { file, status } of providerIndex().values()) t.equal(readRecording(file).status, status, file);
});

t.test('payload files become the stream they were cut from', async (t) => {
  const chat = await replay('openai/chat--openai-text.chunks.txt');
  t.equal(chat.headers['content-type'], 'text/event-stream');
  t.match(chat.body.toString(), /^data: \{.*\n\ndata: \[DONE\]\n\n$/s);
  const responses = await replay('openai/responses--openai-phase.1.chunks.txt');
  t.match(responses.body.toString(), /^event: response\.created\ndata: \{/);
  t.notMatch(responses.body.toString(), /\[DONE\]/);
});
