import type { Redis } from './redis.ts';
import { scriptOf } from './script.ts';

/** ARGV: the gateway's id, what it claims, ms. @returns 1: free, or held by this gateway already */
const CLAIM = scriptOf(`
local holder = redis.call('GET', '$claim:' .. ARGV[2])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', '$claim:' .. ARGV[2], ARGV[1], 'PX', ARGV[3])
return 1
`);

/**
 * ARGV: subject, type and level of a finding, ms for which the same is not reported again.
 * @returns 1: it is to be reported
 */
const IS_NEWS = scriptOf(`
local key, type, level = '$news:' .. ARGV[1], ARGV[2], tonumber(ARGV[3])
local told = redis.call('HMGET', key, 'type', 'level')
if told[1] == type and tonumber(told[2]) >= level then return 0 end
redis.call('HSET', key, 'type', type, 'level', ARGV[3])
redis.call('PEXPIRE', key, ARGV[4])
return 1
`);

/** Something that several gateways may notice at about the same time. */
export interface Finding {
  readonly about: string;
  /** Another type about the same subject is reported at once. */
  readonly type: string;
  /** A higher level is reported at once, too. */
  readonly level: number;
  /** how long the same is not reported again */
  readonly ms: number;
}

/** Whether this gateway is the one to do a job, for that long. Without Redis each gateway is. */
export async function claims(redis: Redis, what: string, ms: number): Promise<boolean> {
  if (!redis.isUp) return true;
  const answer = redis.run(CLAIM, [redis.node, what, ms]).catch(() => 1);
  return (await answer) === 1;
}

/** Whether no gateway has reported it yet; from now on it counts as reported. Without Redis each gateway reports it. */
export async function isNews(redis: Redis, { about, type, level, ms }: Finding): Promise<boolean> {
  if (!redis.isUp) return true;
  const answer = redis.run(IS_NEWS, [about, type, level, ms]).catch(() => 1);
  return (await answer) === 1;
}
