import { scriptOf } from './script.ts';

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function drop_lapsed()
  local all = redis.call('HGETALL', '$facts')
  for at = 1, #all, 2 do
    if tonumber(string.match(all[at + 1], '^%d+')) <= now then redis.call('HDEL', '$facts', all[at]) end
  end
end
`;

/**
 * ARGV: the gateway's id, the fact's name, its text, and ms for which it holds. Without a text it holds no more.
 * @returns the version of all facts
 */
export const PUBLISH = scriptOf(`${NOW}
local node, name, text, ms = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if text == '' then
  if redis.call('HDEL', '$facts', name) == 0 then return tonumber(redis.call('GET', '$facts:version') or 0) end
else
  if redis.call('HLEN', '$facts') >= 10000 then
    drop_lapsed()
    if redis.call('HLEN', '$facts') >= 10000 then return tonumber(redis.call('GET', '$facts:version') or 0) end
  end
  redis.call('HSET', '$facts', name, string.format('%.0f %s', now + ms, text))
end
local version = redis.call('INCR', '$facts:version')
redis.call('PUBLISH', '@facts:news', cjson.encode({ version, node, name, text, ms }))
return version
`);

/** @returns the version of all facts; then for each one that holds its name, for how many ms, and its text */
export const READ = scriptOf(`${NOW}
drop_lapsed()
local answer = { tonumber(redis.call('GET', '$facts:version') or 0) }
local all = redis.call('HGETALL', '$facts')
for at = 1, #all, 2 do
  local until_ms, text = string.match(all[at + 1], '^(%d+) (.*)$')
  table.insert(answer, all[at])
  table.insert(answer, until_ms - now)
  table.insert(answer, text)
end
return answer
`);
