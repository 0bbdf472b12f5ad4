import type { Experiment } from '../experiment.ts';
import json, { requests, WARM } from './json.ts';

export const title = 'JSON 1 KB by TLS, 32 connections';

/** Small requests to an upstream that is asked by TLS on kept connections. */
export default {
  name: 'tls',
  columns: json.columns,
  without: ['direct'],
  isSecure: true,
  async measure(rig, isQuick) {
    const work = { connections: 32, bytes: 1_024 };
    await requests(rig, { ...work, amount: isQuick ? 500 : WARM });
    return { [title]: await requests(rig, { ...work, amount: isQuick ? 1_000 : 30_000 }) };
  },
  faults: json.faults,
} satisfies Experiment;
