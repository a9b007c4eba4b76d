-- The short way of finish: all succeeded, nothing of them is kept, they hold their resources. It answers only where it does
-- what finish.lua would do, and has changed nothing where it does not. It comes before all other functions because each call of a
-- script makes them anew, which costs as much as thirty jobs. Needs plain_lines and heirs.

-- What such an attempt holds ('' = nothing), if it is under the token that `under` begins with. head: what stands before the resource
-- in the value looked at before.
local function plain_resource(value, under, head)
  if head and find(value, head, 1, true) == 1 then
    return sub(value, #head + 1), head
  elseif find(value, under, 1, true) ~= 1 then
    return nil
  end
  local resource = match(value, '^%d+ %S+ [01]@?%d* %S+ %S+ %S+ %S+ (.*)$')
  return resource, resource and sub(value, 1, #value - #resource)
end

-- The resources that they held and who held them; nothing if one is not the caller's.
local function plain_held(ids, runs)
  local values, resources, by, at = call('HMGET', P .. 'active', unpack(ids)), {}, {}, 0
  for token, in_a_row in string.gmatch(runs, '(%d+) (%d+)') do
    local under, value, resource, head = token .. ' ', nil, nil, nil
    for i = at + 1, at + in_a_row do
      if values[i] ~= value then
        value = values[i]
        if value then
          resource, head = plain_resource(value, under, head)
        end
      end
      if not value or not resource then
        return nil
      elseif resource ~= '' then
        resources[#resources + 1], by[#by + 1] = resource, ids[i]
      end
    end
    at = at + in_a_row
  end
  return resources, by
end

-- Whether they hold these locks and can pass them on; and whether anybody waits for one. A resource that comes twice has one heir.
local function plain_locks(resources, by)
  if #resources == 0 then
    return true
  end
  local holders, waits, seen = call('HMGET', P .. 'locks', unpack(resources)), plain_lines(resources), {}
  for i = 1, #resources do
    if holders[i] ~= by[i] or seen[resources[i]] then
      return false
    elseif waits then
      seen[resources[i]] = true
    end
  end
  local writable = not waits or type(redis.pcall('ZCARD', P .. 'blocked')) == 'number' and type(redis.pcall('LLEN', P .. 'pending')) == 'number'
  return writable, waits
end

-- What stands beside jobs and attempts; nothing if something is of another type, or is more than a field.
local function plain_beside()
  local there = {}
  if call('EXISTS', P .. 'params', P .. 'errors', P .. 'outcomes', P .. 'logs', P .. 'cancels', P .. 'leases') == 0 then
    return there
  end
  for side, count in pairs({params = 'HLEN', errors = 'HLEN', outcomes = 'HLEN', cancels = 'HLEN', logs = 'HLEN', leases = 'ZCARD'}) do
    local n = redis.pcall(count, P .. side)
    if type(n) ~= 'number' or side == 'logs' and n > 0 then
      return nil
    elseif n > 0 then
      there[side] = count == 'HLEN' and 'HDEL' or 'ZREM'
    end
  end
  return there
end

-- One that came twice has ended once.
local function plain_answer(ids, went, place)
  if went == #ids then
    return {place, went}
  end
  local rows, seen = {}, {}
  for _, id in ipairs(ids) do
    rows[#rows + 1], rows[#rows + 2] = seen[id] and 'lost_lease' or place, 1
    seen[id] = true
  end
  return rows
end

local function plain_count(runs)
  local n = 0
  for in_a_row in string.gmatch(runs or '', '%d+ (%d+)') do
    n = n + in_a_row
  end
  return n
end

local function plain_is_new(worker, seq)
  local last = seq ~= '0' and match(call('HGET', P .. 'fins', worker) or '', '^%d+')
  return seq ~= '0' and not (last and tonumber(seq) <= tonumber(last))
end

local function plain_leave(ids, resources, waits)
  local went = call('HDEL', P .. 'active', unpack(ids))
  if waits then
    pass_on(resources, true)
  elseif #resources > 0 then
    call('HDEL', P .. 'locks', unpack(resources))
  end
  redis.pcall('HINCRBY', P .. 'stats', 'attempts', went)
  redis.pcall('HINCRBY', P .. 'stats', 'succeeded', went)
  return went
end

local function plain_finish(worker, seq, runs)
  local n = plain_count(runs)
  if n == 0 or n ~= #ARGV - 8 or not plain_is_new(worker, seq) then
    return nil
  end
  local ids = {unpack(ARGV, 9)}
  local resources, by = plain_held(ids, runs)
  local held, waits = false, false
  if resources then
    held, waits = plain_locks(resources, by)
  end
  local beside = held and plain_beside()
  if not beside or type(redis.pcall('HLEN', P .. 'jobs')) ~= 'number' then
    return nil
  end
  local answer = plain_answer(ids, plain_leave(ids, resources, waits), 'gone')
  for side, command in pairs(beside) do
    call(command, P .. side, unpack(ids))
  end
  call('HDEL', P .. 'jobs', unpack(ids))
  call('HSET', P .. 'fins', worker, seq .. ' ' .. table.concat(answer, ' '))
  return answer
end

local finished = plain_finish(ARGV[1], ARGV[2], ARGV[6])
if finished then
  return finished
end
