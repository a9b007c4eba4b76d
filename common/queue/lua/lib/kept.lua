-- Finished jobs are kept for a time, and only so many of them and so many bytes of outcomes and large parameters.

local function bytes_in(side, ids)
  local bytes = 0
  if #ids > 0 and call('EXISTS', P .. side) == 1 then
    for i = 1, #ids do
      bytes = bytes + call('HSTRLEN', P .. side, ids[i])
    end
  end
  return bytes
end

-- Jobs that succeeded and are kept with their outcomes.
local kept_ids, kept_due, kept_said, kept_bytes, kept = {}, {}, {}, 0, 0

-- t: see terms.lua; said: the outcome, without errors. Needs outcome.
local function will_be_done(id, t, said, errors)
  if errors then
    will('HDEL', 'errors', id)
  end
  local n = kept + 1
  said = errors and sub(said, 1, -3) .. readable(errors) .. ']}' or said
  kept = n
  kept_ids[n], kept_due[2 * n - 1], kept_due[2 * n], kept_said[2 * n - 1], kept_said[2 * n] = id, t.due, id, id, said
  kept_bytes = kept_bytes + #said
  wanted.done, wanted.outcomes, wanted.params = true, true, true
end

local function write_kept()
  if #kept_ids > 0 then
    call('ZADD', P .. 'done', unpack(kept_due))
    call('HSET', P .. 'outcomes', unpack(kept_said))
    count('kept_bytes', kept_bytes + bytes_in('params', kept_ids))
  end
end

-- These kept jobs stop being kept; call it before they are dropped.
local function unweigh(ids)
  count('kept_bytes', -bytes_in('outcomes', ids) - bytes_in('params', ids))
end

-- Those to expire next go, at most n; answers how many. None while a key is of another type.
local function trim(n)
  for _, name in ipairs({'done', 'jobs', 'params', 'errors', 'outcomes', 'logs'}) do
    if not is_sound(name) then
      return 0
    end
  end
  local popped, ids = call('ZPOPMIN', P .. 'done', n), {}
  for i = 1, #popped, 2 do
    ids[#ids + 1] = popped[i]
  end
  unweigh(ids)
  drop(ids)
  count('trimmed', #ids)
  return #ids
end

-- If more is kept now: makes room, by at most 400 jobs a call.
local function keep_within(keep_max, keep_bytes)
  if not counters.kept_bytes then
    return
  end
  local over = call('ZCARD', P .. 'done') - keep_max
  if over > 0 then
    trim(math.min(over, 200))
  end
  local said = redis.pcall('HGET', P .. 'stats', 'kept_bytes')
  local before = type(said) == 'string' and tonumber(said) or 0
  local rounds = 0
  while rounds < 10 and before + counters.kept_bytes > keep_bytes and trim(20) > 0 do
    rounds = rounds + 1
  end
end
