import { crc32, constants, deflateRawSync, gzipSync } from 'node:zlib';
import {
  end,
  head,
  isWrite,
  reply,
  rewrite,
  unmeasured,
  withHeaders,
  write,
  type Script,
} from '../script.ts';
import { encode, type Writing } from '../sse.ts';
import type { Scene } from '../scene.ts';

/**
 * The right bytes, or the right meaning in other bytes, in a shape that careless readers stumble over. What
 * concerns events only leaves JSON as it should be.
 */
export const framing = {
  crlf: (scene: Scene): Script => reencoded(scene, { eol: '\r\n' }),
  'cr-only': (scene: Scene): Script => reencoded(scene, { eol: '\r' }),
  'data-without-space': (scene: Scene): Script => reencoded(scene, { space: '' }),
  /** Each JSON spread over several `data` fields of one event. */
  'multi-line-data': (scene: Scene): Script =>
    rewrite(scene.good(), (step) => {
      if (!step.frame?.data.startsWith('{')) return [step];
      const data = JSON.stringify(JSON.parse(step.frame.data), null, 1);
      return [{ ...step, bytes: Buffer.from(encode({ ...step.frame, data })) }];
    }),
  /** The last event ends with the body, not with an empty line. */
  'no-trailing-newline': (scene: Scene): Script => {
    const script = scene.good();
    const last = script.findLast(isWrite);
    return rewrite(script, (step) =>
      step === last && scene.streams
        ? [{ ...step, bytes: Buffer.from(step.bytes.toString().trimEnd()) }]
        : [step],
    );
  },

  /** Each byte a write of its own. */
  'one-byte': (scene: Scene): Script =>
    rewrite(scene.good(), (step) =>
      [...step.bytes].flatMap((byte): Script => [{ ...step, bytes: Buffer.of(byte) }, { do: 'flush' }]),
    ),
  /** Characters of several bytes come one byte at a time. */
  'split-utf8': (scene: Scene): Script => {
    const spoken = /[^\0-\x7f]/.test(scene.said.text.join('')) ? {} : { text: ['Grüße', ' an 世界', ' 👋.'] };
    return rewrite(scene.good(spoken), (step) =>
      splitCharacters(step.bytes).flatMap((bytes): Script => [{ ...step, bytes }, { do: 'flush' }]),
    );
  },
  /** The whole body in one write. */
  coalesced: (scene: Scene): Script => {
    const script = scene.good();
    const body = Buffer.concat(script.filter(isWrite).map(({ bytes }) => bytes));
    return [...script.filter((step) => step.do === 'head'), write('content', body), end];
  },

  /** Server-sent events that call themselves text/plain. */
  'text-plain-sse': (scene: Scene): Script =>
    withHeaders(scene.good(), { 'content-type': 'text/plain; charset=utf-8' }),
  'json-for-stream': (scene: Scene): Script => scene.whole(),
  'stream-for-json': (scene: Scene): Script => scene.stream(),

  /** Compressed, asked or not; a stream is flushed after each event. */
  gzip: (scene: Scene): Script => {
    const script = withHeaders(scene.good(), { 'content-encoding': 'gzip' });
    if (scene.streams) return gzipped(script);
    const [first] = script;
    const body = gzipSync(Buffer.concat(script.filter(isWrite).map(({ bytes }) => bytes)));
    return first?.do === 'head' ? reply(first.status, first.headers, body) : script;
  },

  /** Headers that concern one connection only; `x-end-to-end` alone may reach the client. */
  'hop-by-hop': (scene: Scene): Script =>
    unmeasured(scene.good()).map((step) =>
      step.do === 'head' ? head(step.status, { ...step.headers, ...hopByHop }) : step,
    ),
};

const hopByHop = {
  connection: 'keep-alive, x-hop-named',
  'keep-alive': 'timeout=5',
  'proxy-authenticate': 'Basic realm="upstream"',
  'proxy-connection': 'keep-alive',
  te: 'trailers',
  trailer: 'x-checksum',
  upgrade: 'h2c',
  'x-hop-named': 'for this connection only',
  'x-end-to-end': 'for the client',
};

function reencoded(scene: Scene, writing: Writing): Script {
  return rewrite(scene.good(), (step) =>
    step.frame ? [{ ...step, bytes: Buffer.from(encode(step.frame, writing)) }] : [step],
  );
}

/** ASCII in runs, every byte of anything else alone. */
function splitCharacters(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const [index, byte] of bytes.entries()) {
    if (byte < 0x80) continue;
    if (index > from) pieces.push(bytes.subarray(from, index));
    pieces.push(bytes.subarray(index, index + 1));
    from = index + 1;
  }
  if (from < bytes.length) pieces.push(bytes.subarray(from));
  return pieces;
}

/** One gzip member whose deflate stream is flushed at every write, as servers that compress streams do it. */
function gzipped(script: Script): Script {
  const plain = Buffer.concat(script.filter(isWrite).map(({ bytes }) => bytes));
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(plain), 0);
  trailer.writeUInt32LE(plain.length, 4);
  const start = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  const lastBlock = Buffer.from([3, 0]);
  const compressed = rewrite(script, (step) => [
    { ...step, bytes: deflateRawSync(step.bytes, { finishFlush: constants.Z_SYNC_FLUSH }) },
  ]);
  return compressed.flatMap((step): Script => {
    if (step.do === 'head') return [step, write('noise', start)];
    return step.do === 'end' ? [write('noise', Buffer.concat([lastBlock, trailer])), step] : [step];
  });
}
