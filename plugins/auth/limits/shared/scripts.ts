import { scriptOf } from '../../../../kits/shared-kit/index.ts';

/** When the span began that holds a time: `began(span, ms since 1970)`, as in `span.ts`. */
export const SPANS = `
local MS = { minute = 60000, hour = 3600000, day = 86400000 }

-- The day of the month, from days since 1970 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms")
local function day_of_month(days)
  local z = days + 719468
  local doe = z % 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  return doy - math.floor((153 * math.floor((5 * doy + 2) / 153) + 2) / 5) + 1
end

local function began(span, at)
  if span == 'total' then return 0 end
  if span ~= 'month' then return at - at % MS[span] end
  local days = math.floor(at / MS.day)
  return (days - day_of_month(days) + 1) * MS.day
end
`;

/**
 * Time is Redis's own, so that gateways with different clocks count in the same spans. A counter is a number under
 * `$used:NAME:BEGIN`. What is in use at once is a hash of gateways, because one that is gone gives nothing back.
 */
const COMMON = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
${SPANS}

local function key_of(name, span)
  return string.format('$used:%s:%.0f', name, began(span, now))
end

local function add(name, span, amount)
  local key = key_of(name, span)
  local used = redis.call('INCRBY', key, string.format('%.0f', amount))
  if used < 0 then used = redis.call('INCRBY', key, -used) end
  if span ~= 'total' then redis.call('PEXPIRE', key, 2 * (MS[span] or 31 * MS.day)) end
  return used
end

local function add_at_once(name, node, amount)
  local key = '$at-once:' .. name
  if redis.call('HINCRBY', key, node, amount) <= 0 then redis.call('HDEL', key, node) end
end

local function at_once(name, node)
  local sum = 0
  local key = '$at-once:' .. name
  local all = redis.call('HGETALL', key)
  for at = 1, #all, 2 do
    if all[at] == node or redis.call('ZSCORE', '$nodes', all[at]) then sum = sum + all[at + 1]
    else redis.call('HDEL', key, all[at]) end
  end
  return sum
end

local function used_of(name, span, node)
  if span == '' then return at_once(name, node) end
  return tonumber(redis.call('GET', key_of(name, span)) or 0)
end
`;

/**
 * Takes from all counters or from none. ARGV: the request's id, the gateway's, 1 if there is no question whether it may;
 * then for each counter its name, span, amount and bound.
 * @returns Redis's time; then for each counter how much is used, and 1 if it has not enough left
 */
export const TAKE = scriptOf(`${COMMON}
local op, node, forced = '$took:' .. ARGV[1], ARGV[2], ARGV[3] == '1'
local answer = { now }
local is_told = redis.call('EXISTS', op) == 1
local spent = is_told
for at = 4, #ARGV, 4 do
  local name, span, amount, most = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local used = used_of(name, span, node)
  local lacks = not forced and not is_told and amount > 0 and used + amount > most
  spent = spent or lacks
  table.insert(answer, string.format('%.0f', used))
  table.insert(answer, lacks and 1 or 0)
end
if spent then return answer end
for at = 4, #ARGV, 4 do
  local name, span, amount = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  if amount > 0 and span == '' then add_at_once(name, node, amount) end
  if amount > 0 and span ~= '' then
    answer[(at - 4) / 2 + 2] = string.format('%.0f', add(name, span, amount))
  end
end
redis.call('SET', op, string.format('%.0f', now), 'PX', MS.day)
return answer
`);

/** How much is used. ARGV: the gateway's id; then for each counter its name and span. @returns one number for each */
export const LOOK = scriptOf(`${COMMON}
local answer = {}
for at = 2, #ARGV, 2 do
  table.insert(answer, string.format('%.0f', used_of(ARGV[at], ARGV[at + 1], ARGV[1])))
end
return answer
`);

/**
 * Replaces what was taken by what was used, once, however often it is asked to. ARGV: the request's id, the gateway's;
 * then for each counter its name, span, what was taken and what was used.
 * @returns Redis's time; then for each counter how much is used
 */
export const SETTLE = scriptOf(`${COMMON}
local op, node = '$took:' .. ARGV[1], ARGV[2]
local state = redis.call('GET', op)
local took = state and tonumber(state)
local answer = { now }
for at = 3, #ARGV, 4 do
  local name, span, reserved, used = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  if state ~= 'over' then
    local more = took and used - reserved or used
    if span == '' then
      if more ~= 0 then add_at_once(name, node, more) end
    else
      -- What was taken in a span that is over is not given back in this one.
      if took and began(span, took) ~= began(span, now) then more = math.max(0, more) end
      if more ~= 0 then add(name, span, more) end
    end
  end
  table.insert(answer, string.format('%.0f', used_of(name, span, node)))
end
redis.call('SET', op, 'over', 'PX', MS.minute)
return answer
`);
