import t from 'tap';
import type { Dialect } from '../../../../../core/contracts/index.ts';
import { eventsIn } from '../../../../../wire/sse/event.ts';
import { chat } from '../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { responses } from '../../../../../plugins/surfaces/openai/dialects/responses.ts';
import { makeCall, providerAnswers, vendorStreams, type Recorded } from '../recorded.ts';

/** A content event for each dialect: what a reader has read before it is asked whether events are quiet. */
const CONTENT: Readonly<Record<string, string>> = {
  chat: '{"choices":[{"delta":{"content":"a"}}]}',
  completions: '{"choices":[{"text":"a"}]}',
  responses: '{"type":"response.output_text.delta","delta":"a"}',
};

const recordings = (): Recorded[] => [
  ...vendorStreams(),
  ...providerAnswers().filter(({ streamed }) => streamed),
];

/** Whether an event ends or breaks an answer in whose middle it comes. */
function matters(dialect: Dialect, bytes: Buffer): boolean {
  const reader = dialect.reader(makeCall());
  reader.read({ event: '', data: CONTENT[dialect.surface] as string });
  return [...eventsIn(bytes)].some(({ event }) => {
    const sign = event.data === '' ? undefined : reader.read(event);
    return sign?.terminal || sign?.error !== undefined || reader.finished;
  });
}

const split = (body: Buffer): Buffer[] => {
  let start = 0;
  return [...eventsIn(body)].map(({ end }) => {
    const bytes = body.subarray(start, end);
    start = end;
    return bytes;
  });
};

const isQuiet = (dialect: Dialect, bytes: Buffer) =>
  dialect.reader(makeCall()).quiet(bytes.toString('latin1'));

t.test('no recorded event that ends or breaks an answer counts as quiet, whatever its line ends', (t) => {
  let [quiet, all] = [0, 0];
  const wrong: string[] = [];
  for (const { file, dialect, body } of recordings()) {
    for (const newline of ['\n', '\r\n', '\r']) {
      for (const bytes of split(Buffer.from(body.toString().replaceAll(/\r\n|\n/g, newline)))) {
        // Lines that end by carriage returns alone are always read.
        if (newline !== '\r') all += 1;
        if (!isQuiet(dialect, bytes)) continue;
        quiet += 1;
        if (matters(dialect, bytes)) wrong.push(`${file}: ${bytes.toString().slice(0, 120)}`);
      }
    }
  }
  t.strictSame(wrong, []);
  t.ok(all > 10_000 && quiet / all > 0.9, `${quiet} of ${all} events are quiet`);
  t.end();
});

t.test('a run of events is quiet exactly when each of them is', (t) => {
  for (const { file, dialect, body } of recordings()) {
    const events = split(body);
    for (let start = 0; start < events.length; start += 7) {
      const run = events.slice(start, start + 9);
      const each = run.every((bytes) => isQuiet(dialect, bytes));
      if (isQuiet(dialect, Buffer.concat(run)) !== each) t.fail(`${file} from event ${start}`);
    }
  }
  t.pass('all runs');
  t.end();
});

t.test('nothing that matters hides behind quiet events', (t) => {
  const quiet = 'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n';
  const loud = [
    'data: [DONE]',
    'data:[DONE]',
    'data: {"error":{"message":"m"}}',
    'data: {"error": "RateLimitError"}',
    'data: {"choices":[],"error":{"message":"m"}}',
    'event: error\ndata: {"message":"m"}',
    'event:error\ndata: {"choices":[]}',
    'data: {"detail":"Internal Server Error"}',
    'data: {"detail":"m"}',
    'data: {"message":"m","code":500}',
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
    'data: {"choices":[{"index":0,"delta":{},"finish_reason" : "stop"}]}',
    'data: {"choices":[{"finish_reason":null,"index":0},{"finish_reason":"stop","index":0}]}',
    'data: {"choices":[{"finish_reason":"length","delta":{"content":"a"}}]}',
    'data: {\ndata: "choices":[{"finish_reason":\ndata: "stop"}]}',
  ];
  t.ok(isQuiet(chat, Buffer.from(quiet)));
  for (const event of loud) {
    t.ok(matters(chat, Buffer.from(`${event}\n\n`)), `it matters: ${event}`);
    for (const run of [
      `${event}\n\n`,
      `${quiet}${event}\n\n`,
      `${event}\n\n${quiet}`,
      `: ping\n\n${quiet}${event}\r\n\r\n`,
    ]) {
      t.notOk(isQuiet(chat, Buffer.from(run)), JSON.stringify(run));
    }
  }
  t.end();
});

t.test('text about endings is not mistaken for an ending where bytes show it, whatever its spelling', (t) => {
  const chunk = (content: string, finish = '"finish_reason":null') =>
    Buffer.from(
      `data: {"choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},${finish}}]}\n\n`,
    );
  for (const text of [
    'say [DONE]',
    'data: [DONE]',
    '{"finish_reason":"stop"}',
    'finish_reason',
    '"detail"',
    '"code":1',
  ]) {
    t.ok(isQuiet(chat, chunk(text)), text);
  }
  t.ok(isQuiet(chat, chunk('a', '"finish_reason": null')));
  t.ok(isQuiet(chat, chunk('a', '"finish_reason" :  null')));
  t.ok(isQuiet(chat, chunk('a', '"finish_reason":""')), "'' is not a reason");
  t.ok(isQuiet(chat, chunk('a', '"index":0')), 'none at all');
  t.ok(isQuiet(chat, Buffer.from(': ping\n\n')), 'a comment');
  t.ok(isQuiet(chat, Buffer.from('data: {"choices":[],"usage":null}\n\n')));
  t.end();
});

t.test('events of the Responses API are quiet unless they close or break', (t) => {
  const quiet = [
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"a"}',
    'data: {"delta":"response.completed","type":"response.output_text.delta"}',
    'data: {"type":"response.web_search_call.completed","item_id":"w"}',
    'data: {"type":"response.content_part.done","part":{"type":"output_text","text":"\\"response.failed"}}',
  ];
  const loud = [
    'data: {"type":"response.completed","response":{}}',
    'data: {"type": "response.incomplete","response":{}}',
    'data: {"response":{"output":[{"text":"response.is a word"}]},"type":"response.completed"}',
    'event: response.failed\ndata: {"type":"response.failed","response":{}}',
    'event: response.completed\ndata: {"response":{}}',
    'event: error\ndata: {"message":"m"}',
    'data: {"type":"error","message":"m"}',
    'data: {"error":{"message":"m"}}',
    'data: {"detail":"m"}',
  ];
  // A text that is nothing but the name of a closing event costs a parse.
  for (const event of quiet.toSpliced(1, 1)) t.ok(isQuiet(responses, Buffer.from(`${event}\n\n`)), event);
  for (const event of quiet) t.notOk(matters(responses, Buffer.from(`${event}\n\n`)), event);
  for (const event of loud) {
    t.ok(matters(responses, Buffer.from(`${event}\n\n`)), `it matters: ${event}`);
    t.notOk(isQuiet(responses, Buffer.from(`${quiet[0]}\n\n${event}\n\n`)), event);
  }
  t.end();
});
