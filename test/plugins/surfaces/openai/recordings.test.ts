import t from 'tap';
import type { Answer, Parsed } from '../../../switchyard.ts';
import { openLab } from '../../../lab.ts';
import { listRecordings, providerIndex, readRecording, type IndexRow } from '../../../upstream/recordings.ts';

const PATHS: readonly [files: RegExp, path: string][] = [
  [/^openai\/completion--|^llama-server\/completions/, '/v1/completions'],
  [/^openai\/responses--|^llama-server\/responses/, '/v1/responses'],
  [/^openai\/embedding--|^llama-server\/embeddings/, '/v1/embeddings'],
  [/^openai\/image--/, '/v1/images/generations'],
  [/transcription/, '/v1/audio/transcriptions'],
  [
    /^openai\/chat--|^llama-server\/(chat|error)|^(cerebras|dashscope|deepseek|groq|mistral|perplexity)\//,
    '/v1/chat/completions',
  ],
];

/** Not for a request that names a model: other APIs. */
const OTHERS = /^llama-server\/(messages|models|health)|skill|speech-translation/;

/** The upstream said in its stream that it failed, or what it said is not JSON. */
const ERRORS = /responses--(openai-error|parallel-tool-call-wrapper)\.1\.chunks/;

/** Two answers in one file, one after the other, or a [DONE] after the closing event, which belongs to no answer. */
const ENDS_EARLIER =
  /responses--(openai-(reasoning-encrypted-content|shell-tool)|github-copilot-id-rotation)\.1\.chunks/;

/** The requests of the recordings, for the most part. */
const COUNTED = { stream_options: { include_usage: true } };

const vendors = [
  'openai',
  'groq',
  'deepseek',
  'mistral',
  'cerebras',
  'dashscope',
  'perplexity',
  'llama-server',
];
const vendorFiles = vendors.flatMap((vendor) => listRecordings(vendor)).filter((file) => !OTHERS.test(file));
const isStream = (file: string): boolean => /\.chunks\.txt$|stream[^/]*\.http\.txt$/.test(file);
const pathOf = (file: string): string => PATHS.find(([files]) => files.test(file))?.[1] as string;

t.test("every vendor's recorded stream passes byte for byte and is kept as complete", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const files = vendorFiles.filter(isStream);
  t.ok(files.length > 45, `${files.length} recordings`);
  for (const file of files) {
    upstream.behaveOnce('replay', { file });
    const answer = await switchyard.ask(pathOf(file), { body: { model: 'm', stream: true, ...COUNTED } });
    const trace = await switchyard.trace(answer.headers['x-switchyard-request-id']);
    const recorded = readRecording(file).body.toString();
    if (ERRORS.test(file)) {
      t.not(trace.ending, 'complete', `${file} is an error`);
      t.ok(answer.status === 502 || recorded.startsWith(answer.text.split('\n\n')[0] as string), file);
      t.match(answer.text, /"error"/, `${file} says so`);
      continue;
    }
    const wanted = ENDS_EARLIER.test(file) ? recorded.slice(0, answer.text.length) : recorded;
    t.equal(answer.status, 200, file);
    t.ok(answer.text === wanted, `${file}, ${wanted.length} characters`);
    t.match(trace, { ending: 'complete', status: 200, attempts: [{ outcome: 'answered' }] }, file);
    t.notOk('error' in trace, file);
    if (ENDS_EARLIER.test(file))
      t.match(JSON.parse(answer.events.at(-1) ?? '{}'), { type: 'response.completed' }, 'its end');
  }
});

t.test("every vendor's recorded answer passes byte for byte, refusals too", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const files = vendorFiles.filter((file) => !isStream(file));
  t.ok(files.length > 55, `${files.length} recordings`);
  for (const file of files) {
    const { body, status } = readRecording(file);
    upstream.behaveOnce('replay', { file });
    const answer = await switchyard.ask(pathOf(file), { body: { model: 'm' } });
    // What a service says under its error's own status was kept without it.
    const isError = /^\{\s*"error":\s*\{/.test(body.toString()) && status === 200;
    t.equal(answer.status, isError ? 502 : status, file);
    if (!isError) t.ok(answer.text === body.toString(), file);
    else
      t.match(
        answer.json().error,
        { code: 'upstream_error', message: /^lab answered 200 with an error: \w/ },
        file,
      );
  }
});

/** Failures that are a right answer by all that can be seen: only a provider's own quirks can tell them. */
const LOOKS_COMPLETE: readonly [names: RegExp, why: string, count: number][] = [
  [/-seed\/(non)?stream-upstream-dns$/, 'invents an answer', 4],
  [/^k2think2api3\/nonstream-upstream-401$/, 'asks to come back later, as an answer', 1],
  [/^k2think2api3\/nonstream-upstream-empty$/, 'counts tokens of an answer that it never had', 1],
  [/^z\.ai2api-python\/nonstream-upstream-(empty|errframe|html)$/, 'always the same placeholder', 3],
  [
    /^(openai-compatible-api-proxy-for-z|ztoapi|talkai-ctoapi)\/nonstream-upstream-cut$/,
    'says stop after a part',
    3,
  ],
  [/^(talkai-ctoapi|z\.ai2api-python)\/stream-upstream-cut$/, 'says stop and [DONE] after a part', 2],
  [
    /^(openai-compatible-api-proxy-for-z|ztoapi|ztoapits|z\.ai2api)\/nonstream-upstream-errframe$/,
    'says stop after a part',
    4,
  ],
  [
    /^(openai-compatible-api-proxy-for-z|ztoapi|ztoapits)\/stream-upstream-errframe$/,
    'says stop and [DONE] after a part',
    3,
  ],
  [
    /^z\.ai2api(-python)?\/stream-upstream-errframe$/,
    'says [DONE] after a part, as others do after a whole',
    2,
  ],
];

const FAILING = /-upstream-(?!ok)/;
const chats = [...providerIndex().values()].filter(({ request }) => request === 'POST /v1/chat/completions');
const nameOf = ({ file }: IndexRow): string => file.slice('providers/'.length, -'.txt'.length);
const wantsStream = ({ requestBody }: IndexRow): boolean => /"stream":\s*true/.test(requestBody);

/** To a client it is a right answer: content or tokens that were counted, the reason why it ended, and no error. */
function looksFinished({ status, text, events, broken }: Answer): boolean {
  if (status !== 200 || broken) return false;
  const payloads = events.length > 0 ? events.filter((data) => data !== '[DONE]') : [text];
  const bodies = payloads.map((data) => JSON.parse(data) as Parsed);
  if (bodies.some(({ error }) => error)) return false;
  const choices = bodies.flatMap((body) => body.choices ?? []);
  const isContent = ({ delta, message }: Parsed): boolean => {
    const said = { ...message, ...delta } as Parsed;
    return Boolean(
      said.content || said.reasoning_content || said.thinking || said.tool_calls || message?.content,
    );
  };
  return (
    (choices.some(isContent) || bodies.some(({ usage }) => usage?.completion_tokens > 0)) &&
    (choices.some((choice) => choice.finish_reason) || events.includes('[DONE]'))
  );
}

t.test('no failure of a local provider program looks like a finished answer', async (t) => {
  const { switchyard, upstream } = await openLab(t, { config: { timeouts: { total: '5s' } } });
  const finished: string[] = [];
  t.ok(chats.length > 330, `${chats.length} recordings`);
  for (const row of chats) {
    const name = nameOf(row);
    upstream.behaveOnce('replay', { file: row.file });
    const answer = await switchyard.chat({ stream: wantsStream(row) });
    const { ending } = await switchyard.trace(answer.headers['x-switchyard-request-id']);
    const isFinished = looksFinished(answer);
    if (row.status >= 400) {
      t.equal(answer.status, row.status, `${name}: its own status`);
      t.type(answer.json(), 'object', `${name}: JSON, whatever it was`);
    } else if (FAILING.test(name)) {
      if (isFinished) finished.push(name);
      else t.not(ending, 'complete', `${name}: ${answer.text.slice(0, 200)}`);
    } else {
      t.ok(isFinished, `${name}: ${answer.status} ${answer.text.slice(0, 300)}`);
      t.equal(ending, 'complete', name);
    }
  }
  const unexpected = finished.filter((name) => !LOOKS_COMPLETE.some(([names]) => names.test(name)));
  t.strictSame(unexpected, []);
  for (const [names, why, count] of LOOKS_COMPLETE) {
    t.equal(finished.filter((name) => names.test(name)).length, count, `${names.source}: ${why}`);
  }
  t.equal((await switchyard.chat()).status, 200, 'the gateway still stands');
});
