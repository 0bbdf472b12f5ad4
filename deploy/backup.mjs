// Copies the gateway's own files while it runs: databases as SQLite copies one that is in use, and the rest as it is.
//
//   node runtime/run.mjs deploy/backup.mjs HOME FOLDER
//
// HOME is `home` of the config. FOLDER must not exist; it gets the files with the permissions that they have. What can be
// installed again (prepared/, apis/) and logs are left out. To restore, stop the gateway and put the files back into HOME.
import { chmod, cp, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

const LEFT_OUT = new Set(['apis', 'prepared', 'logs']);
/** What SQLite keeps beside a database in use. Its content is in the copy, and beside that it would be applied once more. */
const BESIDE = /\.db-(?:wal|shm|journal)$/;

const [home, folder] = process.argv.slice(2);
if (home === undefined || folder === undefined) {
  console.error('usage: node runtime/run.mjs deploy/backup.mjs HOME FOLDER');
  process.exit(2);
}
try {
  const names = await told(readdir(home), `HOME ${home} cannot be read: name the home of the config`);
  await told(
    mkdir(folder, { mode: 0o700 }),
    `${folder} cannot be made: name a new folder in one that is there`,
  );
  for (const name of names.filter((one) => !LEFT_OUT.has(one) && !BESIDE.test(one))) {
    if (name.endsWith('.db')) await copyDatabase(join(home, name), join(folder, name));
    else
      await cp(join(home, name), join(folder, name), { recursive: true, preserveTimestamps: true, filter });
    console.log(`copied ${name}`);
  }
} catch (error) {
  console.error(error.told ?? `The copy in ${folder} is not complete: ${error.message}`);
  process.exitCode = 1;
}

function told(doing, what) {
  return doing.catch((error) => {
    throw Object.assign(error, { told: `Nothing was copied. ${what} (${error.message})` });
  });
}

// No sockets: they belong to what runs.
async function filter(path) {
  const found = await lstat(path);
  return found.isFile() || found.isDirectory();
}

async function copyDatabase(from, to) {
  const database = new DatabaseSync(from, { readOnly: true });
  try {
    await backup(database, to);
  } finally {
    database.close();
  }
  await chmod(to, (await lstat(from)).mode & 0o777);
}
