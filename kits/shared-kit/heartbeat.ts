import { scriptOf } from './script.ts';

/**
 * A heartbeat. ARGV: the gateway's id; ms without a heartbeat after which a gateway is gone; until when (by Redis's clock)
 * all its counts are here, 0: they are not; a name for all gateways that share this Redis, which only the first of them
 * gives.
 * @returns the number of gateways; Redis's time; until when the counts of all gateways are here; the gateway's place among
 * them; the version of the facts; when Redis began without data (another time than before: it has lost its data, and waits
 * until each gateway has sent its counts again); and that name
 */
export const HEARTBEAT = scriptOf(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all, told, places = '$nodes', '$told', '$places'
local newest = redis.call('ZREVRANGE', all, 0, 0, 'WITHSCORES')
if newest[2] and now - newest[2] > ARGV[2] / 3 then
  -- No gateway has sent a heartbeat: Redis itself was unreachable, and each gateway gets its time again.
  for _, node in ipairs(redis.call('ZRANGE', all, 0, -1)) do redis.call('ZADD', all, now, node) end
end
-- Redis's clock was set back
for _, node in ipairs(redis.call('ZRANGEBYSCORE', all, '(' .. now, '+inf')) do redis.call('ZADD', all, now, node) end
redis.call('SET', '$born', string.format('%.0f', now), 'NX')
local born = tonumber(redis.call('GET', '$born'))
redis.call('SET', '$fleet', ARGV[4], 'NX')
redis.call('ZADD', all, now, ARGV[1])
redis.call('ZADD', places, 0, ARGV[1])
for _, node in ipairs(redis.call('ZRANGEBYSCORE', all, '-inf', now - ARGV[2])) do
  redis.call('ZREM', all, node)
  redis.call('ZREM', told, node)
  redis.call('ZREM', places, node)
  redis.call('HDEL', '$numbers', node)
end
if ARGV[3] ~= '0' then redis.call('ZADD', told, ARGV[3], ARGV[1]) end
local count = redis.call('ZCARD', all)
local least = 0
if redis.call('ZCARD', told) == count and (now - born >= 5000 or born > now) then
  least = math.min(now, tonumber(redis.call('ZRANGE', told, 0, 0, 'WITHSCORES')[2]))
end
local place = redis.call('ZRANK', places, ARGV[1])
return { count, now, least, place, tonumber(redis.call('GET', '$facts:version') or 0), born, redis.call('GET', '$fleet') }
`);

/** The end of a gateway: its part is free at once. ARGV: its id */
export const LEAVE = scriptOf(`
redis.call('ZREM', '$nodes', ARGV[1])
redis.call('ZREM', '$told', ARGV[1])
redis.call('ZREM', '$places', ARGV[1])
redis.call('HDEL', '$numbers', ARGV[1])
return 1
`);
