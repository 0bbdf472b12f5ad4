/** The fourteen's stand-ins: a program of its own language for each, that answers what the real one was recorded to answer. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { listRecordings, providerIndex, readRecording } from '../upstream/recordings.ts';

const programs = join(import.meta.dirname, '../fixtures/programs');

interface StandIn {
  /** whose recordings it answers with; undefined: none were made */
  readonly recorded?: string;
  /** what it answers with them by, a file beside its own */
  readonly by?: 'recorded.py' | 'recorded.go' | 'recorded.ts';
  /** where in the repository its code is */
  readonly inside?: string;
  /** what else the repository has */
  readonly more?: Readonly<Record<string, string>>;
  /** where the code is fetched from when the provider file does not say */
  readonly git?: string;
  /** what an operator gives it */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

const go = (recorded: string): StandIn => ({
  recorded,
  by: 'recorded.go',
  more: { 'go.mod': 'module it\n\ngo 1.21\n' },
});
const python = (recorded: string, requirements: string): StandIn => ({
  recorded,
  by: 'recorded.py',
  more: { 'requirements.txt': requirements },
});
const UVICORN = 'uvicorn==0.54.0\n';

export const standIns: Readonly<Record<string, StandIn>> = {
  'qwen-api': {
    recorded: 'qwen-api-fork',
    by: 'recorded.py',
    inside: 'py-api/qwen-api',
    more: { 'py-api/requirements.txt': UVICORN },
    git: 'https://github.com/Zeeeepa/qwen-api.git',
    secrets: { QWEN_BEARER_TOKEN: 'a-bearer-token' },
  },
  qwenchat2api: { recorded: 'qwenchat2api', by: 'recorded.ts', secrets: { API_KEY: 'one-token,another' } },
  k2think2api3: { ...python('k2think2api3', UVICORN), secrets: { TOKENS: 'first-token\nsecond-token' } },
  k2think2api2: {
    ...python('k2think2api3', UVICORN),
    git: 'https://github.com/zsuroy/k2think2api.git',
  },
  k2Think2Api: python('k2think2api', UVICORN),
  grok2api: {
    recorded: 'grok2api',
    by: 'recorded.py',
    secrets: { SSO: 'sso-rw=a-cookie;sso=a-cookie' },
    env: { INSTEAD_OF_DATA: '{data}' },
  },
  'OpenAI-Compatible-API-Proxy-for-Z': go('openai-compatible-api-proxy-for-z'),
  'zai-python-sdk': { secrets: { ZAI_TOKEN: 'a-token' } },
  'z.ai2api_python': python('z.ai2api-python', 'granian==2.5.2\n'),
  ZtoApi: { ...go('ztoapi'), secrets: { ZAI_TOKEN: 'a-token' } },
  'Z.ai2api': { ...python('z.ai2api', 'flask==3.1.3\n') },
  ZtoApits: { recorded: 'ztoapits', by: 'recorded.ts' },
  TalkAI: go('talkai-ctoapi'),
  'copilot-proxy': {
    recorded: 'copilot-api',
    inside: 'dist',
    more: { 'package.json': '{ "type": "module", "scripts": { "preinstall": "exit 1" } }' },
    git: 'https://github.com/ericc-ch/copilot-api.git',
    secrets: { GH_TOKEN: 'a-github-token' },
  },
};

/** All that is in its repository. */
export function filesOf(name: string): Record<string, string> {
  const { recorded, by, inside = '.', more } = standIns[name]!;
  const own = readdirSync(join(programs, name), { withFileTypes: true }).filter((entry) => entry.isFile());
  const beside = [
    ...own.map((entry) => [entry.name, readFileSync(join(programs, name, entry.name), 'utf8')] as const),
    ...(by ? [[by, readFileSync(join(programs, by), 'utf8')] as const] : []),
    ...(recorded ? [['recordings.json', JSON.stringify(answersOf(recorded))] as const] : []),
  ];
  return { ...Object.fromEntries(beside.map(([file, text]) => [join(inside, file), text])), ...more };
}

/** What the program's own server, or the connection's end, says. */
const OF_THE_SERVER = /^(date|server|connection|keep-alive|content-length|transfer-encoding)$/i;

/** A program's recordings by their names, in the words that each stand-in understands; a piece for each event. */
function answersOf(program: string): Record<string, object> {
  // Of several for the same path, the one with the plainest name is how it usually is.
  const files = listRecordings(`providers/${program}`).sort((one, other) => one.length - other.length);
  return Object.fromEntries(
    files.map((file) => {
      const { status, reason, headers, body, complete } = readRecording(file);
      const named = Object.entries(headers).flatMap(([name, values]) =>
        OF_THE_SERVER.test(name) ? [] : [values].flat().map((value) => [name, value]),
      );
      const pieces = body.toString().split(/(?<=\n\n)/);
      const { request } = providerIndex().get(file)!;
      const answer = { request, status, reason, headers: named, pieces, complete };
      return [file.slice(`providers/${program}/`.length, -'.txt'.length), answer];
    }),
  );
}
