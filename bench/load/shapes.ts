/** A request body that is unusual to parse, though none is too long. */
export interface Shape {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

const CHAT = '/v1/chat/completions';
const COMPLETIONS = '/v1/completions';
const SPEECH = '/v1/audio/transcriptions';
const JSON_TYPE = 'application/json';
const BOUNDARY = 'a-boundary';
const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
/** levels that are open at once in the deepest of them */
const DEEP = 9_000;

/** Bodies of `bytes` each, all for the model `name`. */
export function shapes(bytes: number, name = 'm'): Shape[] {
  const model = `"model":${JSON.stringify(name)}`;
  const messages = '"messages":[{"role":"user","content":"hi"}]';
  const json = (what: string, path: string, before: string, part: string, after: string): Shape => ({
    name: what,
    path,
    type: JSON_TYPE,
    body: filled(before, part, after, bytes),
  });
  const member = (what: string, of: string, part: string, ends = ['[', 'null]'], path = CHAT): Shape =>
    json(what, path, `{${model},${messages},"${of}":${ends[0]}`, part, `${ends[1]}}`);
  return [
    json('a long text', CHAT, `{${model},"messages":[{"role":"user","content":"`, 'word ', '"}]}'),
    json('model: a list of maps', CHAT, `{${messages},"model":[`, '{},', 'null]}'),
    json('model: a long text', CHAT, `{${messages},"model":"`, 'm', '"}'),
    member('stream: a list of maps', 'stream', '{},'),
    member('n: a long number', 'n', '1', ['1', '1']),
    member('prompt: a list of texts', 'prompt', '"a",', ['["a",', '"a"]'], COMPLETIONS),
    member('prompt: a list of numbers', 'prompt', '1,', ['[1,', '1]'], COMPLETIONS),
    member('stream_options: a list of lists', 'stream_options', '[],'),
    member('provider: a list of maps', 'provider', '{"a":0},'),
    member('user: a text of escapes', 'user', '\\u0041', ['"', '"']),
    member('max_tokens: a long fraction', 'max_tokens', '1', ['0.', '1']),
    json('messages: short ones', CHAT, `{${model},"messages":[`, '{"role":"user","content":"hi"},', 'null]}'),
    json('messages: maps with nothing in them', CHAT, `{${model},"messages":[`, '{},', 'null]}'),
    json('deep lists', CHAT, `{${model},"messages":[`, `${'['.repeat(DEEP)}${']'.repeat(DEEP)},`, 'null]}'),
    json('short members', CHAT, `{${model},`, '"a":1,', `${messages}}`),
    json('one member again and again', CHAT, `{${model},`, `${model},`, `${messages}}`),
    json('names of escapes', CHAT, `{${model},`, '"\\u006d\\u006f":1,', `${messages}}`),
    json('white space', CHAT, `{${model},`, ' \n', `${messages}}`),
    json('backslashes', CHAT, `{${model},"messages":[{"role":"user","content":"`, '\\\\', '"}]}'),
    json('quotes', CHAT, `{${model},"messages":[{"role":"user","content":"`, '\\"', '"}]}'),
    json('no JSON at its very end', CHAT, `{${model},"messages":[`, '{},', 'null]]'),
    form('a form of empty parts', '\r\n\r\n', bytes, name),
    form('a form of short fields', `${head('a')}b`, bytes, name),
    form('a form of one file', undefined, bytes, name),
  ];
}

/** Bodies whose members are read or replaced for the sake of one API, or of one provider's. */
export function memberShapes(
  bytes: number,
  names: { ollama: string; gemini: string; claude: string; thinks: string },
): Shape[] {
  const json = (path: string, before: string, part: string, after: string): Shape => ({
    name: `${path}: ${before.slice(-30)}`,
    path,
    type: JSON_TYPE,
    body: filled(before, part, after, bytes),
  });
  const chat = '"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]';
  const ollama = `"model":"${names.ollama}","prompt":"hi","messages":[{"role":"user","content":"hi"}]`;
  const claude = `"model":"${names.claude}","max_tokens":9,"messages":[{"role":"user","content":"hi"}`;
  const thought = '{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":""}]}';
  const gemini = `/v1beta/models/${names.gemini}`;
  return [
    json(CHAT, '{"model":"m","messages":[{"role":"user","content":"', 'word ', '"}]}'),
    json(CHAT, `{${chat},"stream_options":[`, '{},', 'null]}'),
    json(CHAT, `{${chat},"stream_options":{`, '"a":{},', '"include_usage":true}}'),
    json('/v1/responses', '{"model":"m","input":"hi","previous_response_id":[', '{},', 'null]}'),
    json('/v1/responses', '{"model":"m","previous_response_id":"resp_x","input":[', '{},', 'null]}'),
    json('/v1/responses', '{"model":"m","input":[', '{"type":"item_reference","id":"x"},', 'null]}'),
    json('/v1/responses', '{"model":"m","input":[', '"item_reference",', 'null]}'),
    json('/api/chat', `{${ollama},"options":[`, '{},', 'null]}'),
    json('/api/generate', `{${ollama},"options":{`, '"a":{},', '"b":1}}'),
    json('/v1/messages', `{${claude},`, `${thought},`, `${thought}]}`),
    json('/v1/messages', `{${claude},${thought}],"thinking":{"type":"enabled","a":[`, '{},', 'null]}}'),
    json('/v1/messages', `{${claude}],"a":[`, '"signature",', 'null]}'),
    json(
      CHAT,
      `{"model":"${names.thinks}","tools":[],"messages":[`,
      '{"role":"assistant","content":"a"},',
      '{}]}',
    ),
    json(`${gemini}:embedContent`, '{"content":[', '{},', 'null]}'),
    json(`${gemini}:batchEmbedContents`, '{"requests":[', '{},', 'null]}'),
    json(`${gemini}:countTokens`, '{"generateContentRequest":{"contents":[', '{},', 'null]}}'),
  ];
}

function form(name: string, part: string | undefined, bytes: number, model: string): Shape {
  const last = `--${BOUNDARY}${head('model')}${model}\r\n--${BOUNDARY}--\r\n`;
  const body =
    part === undefined
      ? filled(`--${BOUNDARY}${head('file"; filename="a.wav')}`, 'RIFF', `\r\n${last}`, bytes)
      : filled('', `--${BOUNDARY}${part}\r\n`, last, bytes);
  return { name, path: SPEECH, type: FORM_TYPE, body };
}

function head(name: string): string {
  return `\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n`;
}

/** As many of the part as fit. */
export function filled(before: string, part: string, after: string, bytes: number): Buffer {
  const times = Math.floor((bytes - before.length - after.length) / part.length);
  const body = Buffer.alloc(before.length + times * part.length + after.length);
  body.write(before);
  body.fill(part, before.length, before.length + times * part.length);
  body.write(after, before.length + times * part.length);
  return body;
}
