// Runs a script of this project from a fresh clone: finds a Node that is new enough, installs the packages
// of package-lock.json, starts the script. Plain JavaScript without packages, for it runs before there are any.
//
//   node runtime/run.mjs [--dev] [--bench] [--dashboard] [SCRIPT [arguments…]]
//
//   --dev        also the packages that tests and checks need
//   --bench      also those of bench/
//   --dashboard  builds the dashboard where that has not been done
//
// Without a script all is made ready for one.
//
// This file is for any Node: older ones fail at the modules behind it, and have to be told before.
const OLDEST = 20;
const { node } = process.versions;

if (parseInt(node, 10) < OLDEST) {
  console.error(
    `Node ${node} is too old to start Switchyard, which needs Node ${OLDEST} or newer: install Node 24 ` +
      '(https://nodejs.org/en/download, or "nvm install 24"), then run the same command again.',
  );
  process.exitCode = 1;
} else import('./prepare.mjs');
