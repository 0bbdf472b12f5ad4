import type { Step } from '../../kits/store-kit/migrate.ts';

/** Ids are compared by their bytes, as the gateway does. */
export const STEPS: readonly Step[] = [
  {
    up: `CREATE TABLE switchyard_requests (
        last TEXT COLLATE "C" NOT NULL, first TEXT COLLATE "C" NOT NULL, node TEXT COLLATE "C" NOT NULL,
        since BIGINT NOT NULL, until BIGINT NOT NULL, count BIGINT NOT NULL, bytes BIGINT NOT NULL, data TEXT NOT NULL,
        PRIMARY KEY (last, first, node, since)
      );
      CREATE INDEX switchyard_requests_by_age ON switchyard_requests (until, last) INCLUDE (bytes);`,
    down: 'DROP TABLE switchyard_requests;',
  },
  {
    // Rows of older gateways have none until `fill-ids.ts` finds them: both indexes are small, and made at once.
    up: `ALTER TABLE switchyard_requests ADD COLUMN ids BIGINT[];
      CREATE INDEX switchyard_requests_by_ids ON switchyard_requests USING gin (ids);
      CREATE INDEX switchyard_requests_without_ids ON switchyard_requests (last, first, node, since) WHERE ids IS NULL;`,
    down: 'ALTER TABLE switchyard_requests DROP COLUMN ids;',
  },
];
