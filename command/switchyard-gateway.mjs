#!/usr/bin/env node
// What `npx switchyard-gateway` runs: without a subcommand it starts the gateway.
const [first = '--'] = process.argv.slice(2);
if (first.startsWith('-') && first !== '-h' && first !== '--help') process.argv.splice(2, 0, 'start');
import('./switchyard.mjs');
