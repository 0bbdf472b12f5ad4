import type { Step } from '../../../kits/store-kit/migrate.ts';

/** Each change of the settings is a row; the last one is in force. */
export const STEPS: readonly Step[] = [
  {
    up: `CREATE TABLE switchyard_settings (
        revision BIGINT PRIMARY KEY, id TEXT NOT NULL, node TEXT NOT NULL, at BIGINT NOT NULL, data TEXT NOT NULL
      );`,
    down: 'DROP TABLE switchyard_settings;',
  },
  {
    up: `CREATE TABLE switchyard_nodes (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, revision BIGINT NOT NULL, problem TEXT, at BIGINT NOT NULL
      );`,
    down: 'DROP TABLE switchyard_nodes;',
  },
];
