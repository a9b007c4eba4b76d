-- What the short ways of submit and intake share: jobs that are due now, have their parameters in the record, and of which none is known.
-- It comes before all other functions because each call of a script makes them anew, which costs as much as thirty jobs.

-- Their ids: every second word of ARGV from `first` on. Nothing if one comes twice.
local function plain_ids(first, n)
  local ids, seen = {}, {}
  for i = 1, n do
    local id = ARGV[first + 2 * i - 2]
    if seen[id] then
      return nil
    end
    ids[i], seen[id] = id, true
  end
  return ids
end

-- Whether it has queued them; where it cannot, nothing has changed. Requires: their pairs id, record end ARGV.
local function plain_create(ids, first)
  local known = call('HMGET', P .. 'jobs', unpack(ids))
  for i = 1, #ids do
    if known[i] then
      return false
    end
  end
  local waiting, outcomes = redis.pcall('LLEN', P .. 'pending'), redis.pcall('HLEN', P .. 'outcomes')
  if type(waiting) ~= 'number' or type(outcomes) ~= 'number' then
    return false
  elseif outcomes > 0 then
    call('HDEL', P .. 'outcomes', unpack(ids))
  end
  call('HSET', P .. 'jobs', unpack(ARGV, first))
  call('LPUSH', P .. 'pending', unpack(ids))
  redis.pcall('HINCRBY', P .. 'stats', 'submitted', #ids)
  return true
end
