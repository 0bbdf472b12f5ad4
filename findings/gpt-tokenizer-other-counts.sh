#!/usr/bin/env bash
# gpt-tokenizer (npm) 4.0.0, tiktoken (npm) 1.0.22 and js-tiktoken (npm) 1.0.21 on Node 20 or newer.
#
# All three have OpenAI's `o200k_base`, and for plain text they agree. For two kinds of text a user can type they do not:
# `<|im_start|>` is seven tokens in both tiktokens, for that encoding has no such special token, and gpt-tokenizer throws
# "Disallowed special token found". A byte order mark, as Windows writes at the start of a file, is one token of the
# encoding; gpt-tokenizer does not find it and makes two of it, here and in the middle of a text. With `<|endoftext|>` all
# throw.
#
# For those who count tokens before a request: user text needs `allowedSpecial`/`disallowedSpecial`, in each library.
#
# Prints the counts. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact gpt-tokenizer@4.0.0 tiktoken@1.0.22 js-tiktoken@1.0.21

cat >count.mjs <<'JS'
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { getEncoding } from 'js-tiktoken';
import { get_encoding } from 'tiktoken';

const wasm = get_encoding('o200k_base');
const js = getEncoding('o200k_base');
const libraries = {
  tiktoken: (text) => wasm.encode(text).length,
  'js-tiktoken': (text) => js.encode(text).length,
  'gpt-tokenizer': (text) => encode(text).length,
};
const texts = { plain: 'Hello there, how are you?', special: '<|im_start|>user', mark: '\uFEFFHello', end: 'a <|endoftext|> b' };
const seen = {};
for (const [name, count] of Object.entries(libraries)) {
  seen[name] = Object.values(texts).map((text) => {
    try {
      return count(text);
    } catch {
      return 'threw';
    }
  });
  console.log(`${name}:`, Object.keys(texts).map((kind, nth) => `${kind} ${seen[name][nth]}`).join(', '));
}
wasm.free();
const expected = {
  tiktoken: [7, 7, 2, 'threw'],
  'js-tiktoken': [7, 7, 2, 'threw'],
  'gpt-tokenizer': [7, 'threw', 3, 'threw'],
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 120 node count.mjs
