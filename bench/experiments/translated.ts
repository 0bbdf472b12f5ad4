import { told, type Experiment, type Rounds, type Sample, type Study } from '../experiment.ts';
import type { Options } from '../options.ts';
import type { Peer } from '../peer.ts';
import bare from '../peers/bare.ts';
import untranslated, { before } from '../peers/switchyard.ts';
import { middle, ratio, total } from '../report/columns.ts';
import { measure } from '../rounds.ts';
import type { Rig } from '../rig.ts';
import { streamed, streamFaults } from '../streamed.ts';
import { requests } from './json.ts';

export const translated = 'translated';
/** The titles of its tables. */
export const titles = {
  small: 'A chat for Anthropic: JSON 1 KB, 32 connections',
  long: 'A chat for Anthropic: a conversation of 100 KB, 32 connections',
  streams: (count: number): string => `A chat for Anthropic: ${count} streams at once`,
};

const peers: readonly Peer[] = [bare, untranslated, before(translated, 'anthropic')];
/** What the upstream does unless it is asked for something else. */
const stream = { chunks: 64, interval: 20, isPlain: true };

/** What it costs to translate: each request is a chat, and only the last row's upstream speaks Anthropic's messages. */
export default {
  name: 'translated',
  columns: [
    middle('cpu', 'CPU µs', 1),
    ratio('cpu', '× bare'),
    ratio('cpu', '× switchyard', untranslated.name),
    middle('p50', 'p50 ms', 2),
    middle('p99', 'p99 ms', 2),
    middle('delay99', 'chunk delay p99 ms', 2),
    total('missing', 'missing'),
    total('stalled', 'stalled'),
    total('unfinished', 'unfinished'),
    total('failed', 'failed'),
  ],
  run: (options: Options): Promise<Map<string, Rounds>> => measure(experiment, peers, options),
  faults,
} satisfies Study;

const experiment: Experiment = { name: 'translated', columns: [], measure: measured, faults };

async function measured(rig: Rig, isQuick: boolean): Promise<Record<string, Sample>> {
  const small = { connections: 32, bytes: 1_024 };
  const long = { connections: 32, bytes: 100 * 1_024 };
  // What compiles these paths is done only after tens of thousands of requests.
  await requests(rig, { ...small, amount: isQuick ? 500 : 40_000 });
  const samples: Record<string, Sample> = {
    [titles.small]: await requests(rig, { ...small, amount: isQuick ? 1_000 : 20_000 }),
  };
  await requests(rig, { ...long, amount: isQuick ? 100 : 2_000 });
  samples[titles.long] = await requests(rig, { ...long, amount: isQuick ? 200 : 3_000 });
  await streamed(rig, { ...stream, streams: isQuick ? 32 : 128, waves: isQuick ? 1 : 4 });
  for (const streams of isQuick ? [32] : [32, 512])
    samples[titles.streams(streams)] = await streamed(rig, {
      ...stream,
      streams,
      waves: streams < 100 ? 4 : 2,
    });
  return samples;
}

function faults(sample: Sample): string[] {
  return 'chunks' in sample
    ? streamFaults(sample)
    : told(sample, { failed: 'requests failed', retold: 'requests more or fewer at the upstream' });
}
