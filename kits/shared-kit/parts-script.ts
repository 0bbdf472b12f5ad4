import { scriptOf } from './script.ts';

/**
 * Tells what this gateway has of counters, and asks for more of them, all in one step. What it says it has is the truth: an
 * answer that was lost, or a message that comes twice, changes nothing. `$used:NAME` is how much all gateways have, where that
 * is counted in a span of time. `$parts:NAME` is what each has, how much of that is unused, and whether it may give some back;
 * and in `#` the sums of them. The parts are only gone through where there is too little: those of gateways that are gone are
 * left out then. What is in use at once is the sum of the parts.
 *
 * ARGV: the gateway's id, a number that grows with each message, 1 if it is its last one (2: it has ended, and another
 * one tells what it had used), when Redis began as the gateway knows it; then for each counter its name, ms
 * until it can be forgotten (0: at once), what the gateway has, what it needs in all, the least that helps it, how much there
 * may be of all, and of what is left the share that it wants to have beyond that (0: none; 20: a twentieth, divided by the
 * gateways; negative: at least 1).
 * @returns for each counter how much this gateway has now, how much the others have, how much of that is unused, 1 if others
 *   may give some back, 1 if there is so little left that nothing is given beyond the need; nothing where a later message
 *   came first; `lost` where Redis began again meanwhile
 */
export const SYNC = scriptOf(`
local me, number, is_last, has_ended = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1', ARGV[3] == '2'
if redis.call('GET', '$born') ~= ARGV[4] then return { 'lost' } end
if number <= tonumber(redis.call('HGET', '$numbers', me) or -1) then return {} end
redis.call('HSET', '$numbers', me, number)
local nodes = math.max(1, redis.call('ZCARD', '$nodes'))
local answer = {}

local function read(text)
  local have, idle, may = string.match(text or '', '^(%d+) (%d+) (%d+)$')
  return tonumber(have or 0), tonumber(idle or 0), tonumber(may or 0)
end

local function written(have, idle, may) return string.format('%.0f %.0f %.0f', have, idle, may) end

-- What the others have, counted again
local function count(parts, ttl)
  local have, idle, may = 0, 0, 0
  local all = redis.call('HGETALL', parts)
  for at = 1, #all, 2 do
    local node = all[at]
    if node ~= me and node ~= '#' then
      if redis.call('ZSCORE', '$nodes', node) then
        local one, two, three = read(all[at + 1])
        have, idle, may = have + one, idle + two, may + three
      elseif ttl == 0 then redis.call('HDEL', parts, node) end
    end
  end
  return have, idle, may
end

-- How many other gateways wait for slots and have fewer than this one: the next ones are theirs
local function before_me(wanted, parts, have)
  local time = redis.call('TIME')
  redis.call('ZREMRANGEBYSCORE', wanted, '-inf', time[1] * 1000 + math.floor(time[2] / 1000) - 2000)
  local count = 0
  for _, node in ipairs(redis.call('ZRANGE', wanted, 0, 99)) do
    if node ~= me and read(redis.call('HGET', parts, node)) < have then count = count + 1 end
  end
  return count
end

local function wait_for(wanted)
  local time = redis.call('TIME')
  redis.call('ZADD', wanted, time[1] * 1000 + math.floor(time[2] / 1000), me)
  redis.call('PEXPIRE', wanted, 2000)
end

local function sync(name, ttl, have, want, step, most, share)
  local parts, used, wanted = '$parts:' .. name, '$used:' .. name, '$wanted:' .. name
  local known = redis.call('HMGET', parts, me, '#')
  local mine, my_idle, my_may = read(known[1])
  -- It may have been heard to the end
  if has_ended then have, want = math.max(have, mine), math.max(have, mine) end
  local others, unused, may_return = read(known[2])
  others, unused, may_return = others - mine, unused - my_idle, may_return - my_may
  local total = 0
  if ttl > 0 then
    total = tonumber(redis.call('GET', used) or 0)
    if have ~= mine then total = redis.call('INCRBY', used, string.format('%.0f', have - mine)) end
    if total < have then total = redis.call('INCRBY', used, string.format('%.0f', have - total)) end
  end
  local need, grant = want - have, 0
  local first = need > 0 and share < 0 and before_me(wanted, parts, have) or 0
  local left
  local function decide()
    left = most - (ttl > 0 and total or others + have)
    grant = 0
    if need > 0 and left - first >= step then grant = math.min(need, left - first) end
  end
  decide()
  if need > grant then
    others, unused, may_return = count(parts, ttl)
    decide()
  end
  local more = 0
  if share ~= 0 and need <= grant and left > math.max(0, need) then
    more = math.floor((left - math.max(0, need)) / (math.abs(share) * nodes))
    if share < 0 then more = math.max(1, more) end
    more = math.max(0, math.min(more - math.max(0, -need), left - grant))
  end
  local is_short = need > grant
  local has_all = have + grant + more
  if has_all ~= have and ttl > 0 then redis.call('INCRBY', used, string.format('%.0f', grant + more)) end
  local is_tight = more == 0 and not (share ~= 0 and need < 0)
  local idle = math.max(0, has_all - want)
  local may = (idle > 0 or not is_tight) and 1 or 0
  if is_last or (has_all == 0 and is_tight) then
    redis.call('HDEL', parts, me)
    if is_last then has_all, idle, may = ttl > 0 and has_all or 0, 0, 0 end
    redis.call('HSET', parts, '#', written(is_last and others or others + has_all, unused + idle, may_return + may))
  else redis.call('HSET', parts, me, written(has_all, idle, may), '#', written(others + has_all, unused + idle, may_return + may)) end
  if ttl > 0 and ttl < 1e13 then
    redis.call('PEXPIRE', used, ttl)
    redis.call('PEXPIRE', parts, ttl)
  end
  if is_short then
    if may_return > 0 or ttl == 0 then redis.call('PUBLISH', '@parts:recall', name) end
    if share < 0 then wait_for(wanted) end
  elseif ttl == 0 then redis.call('ZREM', wanted, me) end
  if ttl == 0 and have < mine and left > grant and redis.call('EXISTS', wanted) == 1 then
    redis.call('PUBLISH', '@parts:freed', name)
  end
  local all_others = ttl > 0 and total - have or others
  for _, each in ipairs({ has_all, math.max(0, all_others), math.max(0, unused), (is_short and may_return > 0) and 1 or 0, is_tight and 1 or 0 }) do
    table.insert(answer, string.format('%.0f', each))
  end
end

for at = 5, #ARGV, 7 do
  local n = {}
  for nth = 1, 6 do n[nth] = tonumber(ARGV[at + nth]) end
  sync(ARGV[at], n[1], n[2], n[3], n[4], n[5], n[6])
end
return answer
`);
