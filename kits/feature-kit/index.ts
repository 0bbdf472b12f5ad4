/** What a feature is written with: how providers stand, traces as data, the gateway's own requests, names, files. */
export { listed, loose, suggestion } from '../../wire/names.ts';
export { type Clocks, dated } from '../../core/timeouts/clocks.ts';
export { lapsed } from '../../core/upstreams/blocks.ts';
