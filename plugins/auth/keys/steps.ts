import type { Step } from '../../../kits/store-kit/migrate.ts';

/** `changed` grows with each change, so that a gateway sees a change even if it missed the notification. */
export const STEPS: readonly Step[] = [
  {
    up: `CREATE SEQUENCE switchyard_changes;
      CREATE TABLE switchyard_keys (
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, data TEXT NOT NULL, used BIGINT,
        changed BIGINT NOT NULL DEFAULT nextval('switchyard_changes')
      );
      CREATE TABLE switchyard_limits (
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, data TEXT NOT NULL,
        changed BIGINT NOT NULL DEFAULT nextval('switchyard_changes')
      );`,
    down: 'DROP TABLE switchyard_keys, switchyard_limits; DROP SEQUENCE switchyard_changes;',
  },
];
