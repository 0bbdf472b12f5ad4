import type { Step } from '../../../../../kits/store-kit/migrate.ts';

/** A response that was removed has no bytes, for a while: nothing that is sent late brings it back. */
export const STEPS: readonly Step[] = [
  {
    up: `CREATE TABLE switchyard_responses (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, at BIGINT NOT NULL, bytes BIGINT NOT NULL,
        response TEXT NOT NULL, input TEXT NOT NULL
      );
      CREATE INDEX switchyard_responses_by_age ON switchyard_responses (at, id) INCLUDE (bytes);
      CREATE TABLE switchyard_makers (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, provider TEXT NOT NULL, at BIGINT NOT NULL
      );
      CREATE INDEX switchyard_makers_by_age ON switchyard_makers (at);`,
    down: 'DROP TABLE switchyard_responses, switchyard_makers;',
  },
];
