import { scriptOf } from '../../kits/shared-kit/script.ts';

/**
 * `$cache:1:answer:KEY` is one answer, which lapses by itself. `$cache:1:ages` has when each was kept, by Redis's clock,
 * `$cache:1:sizes` how large each is, and `$cache:1:bytes` the sum. The number is the version of all this.
 */
const COMMON = `
local ages, sizes, all = '$cache:1:ages', '$cache:1:sizes', '$cache:1:bytes'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function whole(number) return string.format('%.0f', number) end

local function remove(key)
  local size = redis.call('HGET', sizes, key)
  redis.call('UNLINK', '$cache:1:answer:' .. key)
  redis.call('ZREM', ages, key)
  redis.call('HDEL', sizes, key)
  if size then redis.call('DECRBY', all, size) end
end

-- A few at a time: nothing else runs meanwhile.
local function remove_lapsed(ttl)
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', ages, '-inf', whole(now - ttl), 'LIMIT', 0, 200)) do remove(key) end
end

local function bytes() return tonumber(redis.call('GET', all) or 0) end
`;

/** ARGV: the key. @returns how many ms ago it was kept, its head and its body; null: it is not there */
export const GET = scriptOf(`${COMMON}
local found = redis.call('HMGET', '$cache:1:answer:' .. ARGV[1], 'at', 'head', 'body')
if not (found[1] and found[2] and found[3]) then return false end
return { whole(math.max(0, now - found[1])), found[2], found[3] }
`);

/** ARGV: the key, ms that it is kept, its size, bytes that all may have, its head and its body */
export const SET = scriptOf(`${COMMON}
local key, ttl, size, most = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
remove(key)
local answer = '$cache:1:answer:' .. key
redis.call('HSET', answer, 'at', whole(now), 'head', ARGV[5], 'body', ARGV[6])
redis.call('PEXPIRE', answer, ttl)
redis.call('ZADD', ages, whole(now), key)
redis.call('HSET', sizes, key, size)
redis.call('INCRBY', all, size)
remove_lapsed(ttl)
while bytes() > most do
  local oldest = redis.call('ZRANGE', ages, 0, 0)[1]
  if oldest then remove(oldest) else redis.call('DEL', all, sizes) end
end
return 1
`);

/** Removes some. @returns how many; 0: there are none left */
export const CLEAR = scriptOf(`${COMMON}
local keys = redis.call('ZRANGE', ages, 0, 499)
for _, key in ipairs(keys) do remove(key) end
if #keys == 0 then redis.call('DEL', all, sizes) end
return #keys
`);

/** ARGV: ms that answers are kept. @returns how many there are, and their bytes */
export const STANDING = scriptOf(`${COMMON}
remove_lapsed(tonumber(ARGV[1]))
return { redis.call('ZCARD', ages), math.max(0, bytes()) }
`);
