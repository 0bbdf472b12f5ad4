/** Migrations from an empty file to the current version; `PRAGMA user_version` holds how many have run. */
export const migrations: readonly string[] = [
  `CREATE TABLE requests (
     last TEXT NOT NULL, first TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
     count INTEGER NOT NULL, data TEXT NOT NULL
   );
   CREATE INDEX requests_by_id ON requests (last DESC, first, since, until);
   CREATE TABLE states (at INTEGER NOT NULL, provider TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL);
   CREATE INDEX states_by_provider ON states (provider, at);`,
  `CREATE TABLE minutes (
     at INTEGER NOT NULL, span INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
     requests INTEGER NOT NULL, errors INTEGER NOT NULL, "left" INTEGER NOT NULL, retried INTEGER NOT NULL,
     answered INTEGER NOT NULL, failed INTEGER NOT NULL, prompt INTEGER NOT NULL, completion INTEGER NOT NULL,
     latency TEXT NOT NULL, ttft TEXT NOT NULL, kinds TEXT NOT NULL
   );
   CREATE INDEX minutes_by_time ON minutes (at);
   CREATE TABLE uptime (
     at INTEGER NOT NULL, span INTEGER NOT NULL, provider TEXT NOT NULL, up REAL NOT NULL, known REAL NOT NULL
   );
   CREATE INDEX uptime_by_time ON uptime (at);`,
  'ALTER TABLE minutes ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0;',
];
