-- The short way of finish where all succeeded and are kept equally long, and there is room for their outcomes. Needs plain_finish.

-- The ids and outcomes stand in ARGV in pairs; nothing if one id comes twice.
local function plain_outcomes(n)
  local ids, pairs_said, seen, bytes, said = {}, {}, {}, 0, ARGV[10]
  for i = 1, n do
    local id, own = ARGV[7 + 2 * i], ARGV[8 + 2 * i]
    if seen[id] then
      return nil
    end
    said = own ~= '' and own or said
    ids[i], seen[id], bytes = id, true, bytes + #said
    pairs_said[2 * i - 1], pairs_said[2 * i] = id, said
  end
  return ids, bytes, pairs_said
end

-- Whether so many more may be kept, and nothing but a mark of a renewal stands beside the attempts that would have to go with them. Then
-- how many such marks there are: a long job in the queue has one, and the short ones beside it are not to pay for that.
local function plain_room(n, bytes)
  local done, outcomes = redis.pcall('ZCARD', P .. 'done'), redis.pcall('HLEN', P .. 'outcomes')
  local marks = redis.pcall('ZCARD', P .. 'leases')
  local said = redis.pcall('HGET', P .. 'stats', 'kept_bytes')
  local before = type(said) == 'string' and tonumber(said) or 0
  local fits = type(done) == 'number' and type(outcomes) == 'number' and type(marks) == 'number' and
    done + n <= (tonumber(ARGV[4]) or 0) and before + bytes <= (tonumber(ARGV[5]) or 0) and
    call('EXISTS', P .. 'pressure', P .. 'errors', P .. 'cancels', P .. 'params') == 0
  return fits and marks
end

local function plain_kept(worker, seq, runs, keep)
  local n = plain_count(runs)
  if n == 0 or 2 * n ~= #ARGV - 8 or not plain_is_new(worker, seq) then
    return nil
  end
  local ids, bytes, said = plain_outcomes(n)
  local marks = ids and plain_room(n, bytes)
  local resources, by = nil, nil
  if marks then
    resources, by = plain_held(ids, runs)
  end
  local held, waits = false, false
  if resources then
    held, waits = plain_locks(resources, by)
  end
  if not held then
    return nil
  end
  local clock, due = redis.call('TIME'), {}
  local ends = text(clock[1] * 1000 + math.floor(clock[2] / 1000) + keep)
  for i = 1, n do
    due[2 * i - 1], due[2 * i] = ends, ids[i]
  end
  plain_leave(ids, resources, waits)
  if marks > 0 then
    call('ZREM', P .. 'leases', unpack(ids))
  end
  call('ZADD', P .. 'done', unpack(due))
  call('HSET', P .. 'outcomes', unpack(said))
  redis.pcall('HINCRBY', P .. 'stats', 'kept_bytes', bytes)
  call('HSET', P .. 'fins', worker, seq .. ' done ' .. n)
  return {'done', n}
end

local kept_plainly = plain_kept(ARGV[1], ARGV[2], ARGV[7], tonumber(ARGV[8]) or 0)
if kept_plainly then
  return kept_plainly
end
