// The Lua scripts. Each touches the keys of one slot, all of them declared. Writes take a nonce and keep it: the client
// resends what it got no answer for, and a resent write must be answered as the first one was, not be done twice.
import { createHash } from 'node:crypto';

export interface Script {
  lua: string;
  sha: string;
}

const script = (lua: string): Script => ({ lua, sha: createHash('sha1').update(lua).digest('hex') });

/** Writes a document. KEYS: document. ARGV: nonce, value, ttl, expiresAt, ifVersion, refs; empty = absent. */
export const PUT = script(`
  local old = redis.call('HMGET', KEYS[1], 'n', 'w', 'c', 'r')
  local version = tonumber(old[1] or '0')
  if old[2] == ARGV[1] then return {1, version, old[3]} end
  if ARGV[5] ~= '' and tonumber(ARGV[5]) ~= version then return {0} end
  redis.call('HSET', KEYS[1], 'v', ARGV[2], 'n', version + 1, 'w', ARGV[1])
  for field, value in pairs({x = ARGV[4], r = ARGV[6]}) do
    if value == '' then redis.call('HDEL', KEYS[1], field) else redis.call('HSET', KEYS[1], field, value) end
  end
  if ARGV[3] == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
  return {1, version + 1, old[3], old[2], old[4]}
`);

/** Consumes a document; the nonce of the first consumer stays. KEYS: document. ARGV: nonce, now. */
export const CONSUME = script(`
  local doc = redis.call('HMGET', KEYS[1], 'v', 'n', 'c', 'x', 'q')
  if not doc[2] then return {'missing'} end
  if doc[3] then return {doc[5] == ARGV[1] and 'first' or 'again', doc[1], doc[2], doc[3], doc[4]} end
  redis.call('HSET', KEYS[1], 'c', ARGV[2], 'q', ARGV[1])
  return {'first', doc[1], doc[2], ARGV[2], doc[4]}
`);

/** Deletes a document, at one version or any. KEYS: document, tombstone. ARGV: nonce, ifVersion, tombstone ttl. */
export const DELETE = script(`
  local old = redis.call('HMGET', KEYS[1], 'n', 'w', 'r')
  if not old[1] then return {redis.call('GET', KEYS[2]) == ARGV[1] and 1 or 0} end
  if ARGV[2] ~= '' and ARGV[2] ~= old[1] then return {0} end
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
  return {1, old[2], old[3]}
`);

/** Adds to a counter, or looks when \`by\` is 0. KEYS: counter. ARGV: nonce, by, window. */
export const HIT = script(`
  local old = redis.call('HMGET', KEYS[1], 'n', 'w')
  if ARGV[2] == '0' or old[2] == ARGV[1] then return {tonumber(old[1] or '0'), redis.call('PTTL', KEYS[1])} end
  local count = redis.call('HINCRBY', KEYS[1], 'n', ARGV[2])
  redis.call('HSET', KEYS[1], 'w', ARGV[1])
  if not old[1] then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
  return {count, redis.call('PTTL', KEYS[1])}
`);

/**
 * Parts of the next three. A reference set has three keys: a hash from member to \`nonce|enteredAt|endsAt\` (0 = never),
 * the members in order, and the members that end by their end. Times are this server's.
 */
const REFERENCE_SET = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local function number(n) return string.format('%.0f', n) end
  local function parse(entry)
    local nonce, entered, ends = string.match(entry or '', '^(.-)|(%d+)|(%d+)$')
    return nonce, tonumber(entered), tonumber(ends)
  end
  local function drop(member)
    redis.call('HDEL', KEYS[1], member)
    redis.call('ZREM', KEYS[2], member)
    redis.call('ZREM', KEYS[3], member)
  end
  local function store(member, entry)
    local _, _, ends = parse(entry)
    redis.call('HSET', KEYS[1], member, entry)
    redis.call('ZADD', KEYS[2], 0, member)
    if ends > 0 then redis.call('ZADD', KEYS[3], number(ends), member) else redis.call('ZREM', KEYS[3], member) end
  end
`;

/**
 * Enters a member, or enters it again under a new nonce; its end is only ever put off, since a writer that fails must not
 * shorten what another relies on. KEYS: set. ARGV: member, nonce, ttl, 1 when the set may have one member only, grace.
 * Answers {1, former entry} or {0, the other member}.
 */
export const ENTER = script(`${REFERENCE_SET}
  local grace = tonumber(ARGV[5])
  if ARGV[4] == '1' then
    for _, other in ipairs(redis.call('HKEYS', KEYS[1])) do
      if other ~= ARGV[1] then return {0, other} end
    end
  end
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', number(now - grace), 'LIMIT', 0, 20)) do drop(member) end

  local former = redis.call('HGET', KEYS[1], ARGV[1])
  local nonce, _, ends = parse(former)
  if nonce == ARGV[2] then return {1, former} end
  local wanted = ARGV[3] == '' and 0 or now + tonumber(ARGV[3])
  if wanted > 0 and ends and (ends == 0 or ends > wanted) then wanted = ends end
  store(ARGV[1], ARGV[2] .. '|' .. number(now) .. '|' .. number(wanted))

  local permanent = redis.call('ZCARD', KEYS[2]) > redis.call('ZCARD', KEYS[3])
  local last = redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')[2]
  for _, key in ipairs(KEYS) do
    if permanent then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, number(last - now + grace)) end
  end
  return {1, former or ''}
`);

/**
 * Takes a member out: the one of a nonce, or without nonce one that has ended or was entered longer ago than the grace.
 * KEYS: set. ARGV: member, nonce, grace.
 */
export const LEAVE = script(`${REFERENCE_SET}
  local nonce, entered, ends = parse(redis.call('HGET', KEYS[1], ARGV[1]))
  if not nonce then return 0 end
  local settled = entered + tonumber(ARGV[3]) <= now or (ends > 0 and ends <= now)
  if nonce ~= ARGV[2] and not (ARGV[2] == '' and settled) then return 0 end
  drop(ARGV[1])
  return 1
`);

/** Puts back what stood before an entering, unless it was entered again. KEYS: set. ARGV: member, nonce, former entry. */
export const UNDO = script(`${REFERENCE_SET}
  local nonce = parse(redis.call('HGET', KEYS[1], ARGV[1]))
  if nonce ~= ARGV[2] then return 0 end
  if ARGV[3] == '' then drop(ARGV[1]) else store(ARGV[1], ARGV[3]) end
  return 1
`);

/** Counts the members that have not ended. KEYS: set. */
export const COUNT = script(`${REFERENCE_SET}
  return redis.call('ZCARD', KEYS[2]) - redis.call('ZCOUNT', KEYS[3], '-inf', number(now))
`);

/**
 * Appends an entry once for each event id. KEYS: ids, bodies, expiry, events, sequence, then for each field its ids and
 * its values. ARGV: event id, padded \`at\`, keepMs, body, then the fields' values.
 */
export const APPEND = script(`
  local known = redis.call('HGET', KEYS[4], ARGV[1])
  if known then return known end
  local id = ARGV[2] .. string.format('%012d', redis.call('INCR', KEYS[5]))
  local time = redis.call('TIME')
  local ends = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[3])
  redis.call('ZADD', KEYS[1], 0, id)
  redis.call('HSET', KEYS[2], id, ARGV[4])
  redis.call('ZADD', KEYS[3], string.format('%.0f', ends), id)
  redis.call('HSET', KEYS[4], ARGV[1], id)
  for n = 5, #ARGV do
    redis.call('ZADD', KEYS[2 * n - 4], 0, id)
    redis.call('ZADD', KEYS[2 * n - 3], 0, ARGV[n])
  end
  return id
`);

/** The next entries to trim, as pairs of id and body. KEYS: bodies, expiry. ARGV: limit. */
export const EXPIRED = script(`
  local time = redis.call('TIME')
  local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
  local found = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[1])) do
    found[#found + 1] = {id, redis.call('HGET', KEYS[1], id)}
  end
  return found
`);

/**
 * Removes an entry, and a field's value with the last entry that had it. KEYS: ids, bodies, expiry, events, then for each
 * field its ids and its values. ARGV: id, event id, then the fields' values.
 */
export const TRIM = script(`
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('HDEL', KEYS[4], ARGV[2])
  for n = 3, #ARGV do
    redis.call('ZREM', KEYS[2 * n - 1], ARGV[1])
    if redis.call('EXISTS', KEYS[2 * n - 1]) == 0 then redis.call('ZREM', KEYS[2 * n], ARGV[n]) end
  end
  return 1
`);

/** Deletes a lock that still is ours. KEYS: lock. ARGV: nonce. */
export const UNLOCK = script(`
  return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0
`);
