-- The short way of claim: whatever was taken can be given, or its resource is held and it has to wait. It answers only where it does what
-- claim.lua would do. Where it does not, nothing has changed but what `taken` says: those ids are off the lists. It comes before all
-- other functions because each call of a script makes them anew, which costs as much as thirty jobs.
-- Needs plain_lines.
local taken = {}

-- The most that the two lists have, reserved first; false if one is no list.
local function plain_take(n)
  for _, list in ipairs({'reserved', 'pending'}) do
    local some = #taken < n and redis.pcall('RPOP', P .. list, n - #taken)
    if some and some.err then
      return false
    elseif some and #taken == 0 then
      taken = some
    elseif some then
      for i = 1, #some do
        taken[#taken + 1] = some[i]
      end
    end
  end
  return true
end

-- Resources by their number in `taken` (empty = none); nothing if a job cannot be given or has no record.
local function plain_resources(records, held)
  local resources, wanted = {}, {}
  for i = 1, #taken do
    local record = records[i]
    if not record or held[i] then
      return nil
    elseif string.byte(record) ~= 10 then
      local resource = match(record, '^([^\n]+)\n')
      if not resource then
        return nil
      end
      resources[i], wanted[#wanted + 1] = resource, resource
    end
  end
  return resources, wanted
end

-- What goes into `locks`, and the numbers of those who have to wait. Nothing where a line stands at a resource that nobody holds: its lock
-- was lost, see take.lua.
local function plain_take_locks(resources, wanted)
  local locks, waits, holder, unheld, k = {}, {}, {}, {}, 0
  if #wanted == 0 then
    return locks, waits
  end
  local holders = redis.pcall('HMGET', P .. 'locks', unpack(wanted))
  for i = 1, holders.err and 0 or #taken do
    local id, resource = taken[i], resources[i]
    if resource then
      k = k + 1
      local by = holder[resource] or holders[k]
      if not by then
        unheld[#unheld + 1], holder[resource] = resource, id
        locks[#locks + 1], locks[#locks + 2] = resource, id
      elseif by ~= id then
        waits[#waits + 1] = i
      end
    end
  end
  if not holders.err and not plain_lines(unheld) then
    return locks, waits
  end
end

-- They stand in line behind those who came before. False, and nothing has changed, if that cannot be written. A line of another
-- type takes nobody in.
local function plain_line_up(resources, waits, since)
  if #waits == 0 then
    return true
  end
  local last, lines, everyone, seen = redis.pcall('GET', P .. 'blockseq'), {}, {}, {}
  if last and type(last) ~= 'string' or type(redis.pcall('ZCARD', P .. 'blocked')) ~= 'number' then
    return false
  end
  local place = last and #last < 16 and tonumber(match(last, '^%d+$') or '') or 0
  for _, i in ipairs(waits) do
    local id, line = taken[i], lines[resources[i]]
    if not seen[id] then
      place, seen[id] = place + 1, true
      everyone[#everyone + 1], everyone[#everyone + 2] = since, id
      if line then
        line[#line + 1], line[#line + 2] = string.format('%d', place), id
      else
        lines[resources[i]] = {string.format('%d', place), id}
      end
    end
  end
  for resource, line in pairs(lines) do
    redis.pcall('ZADD', P .. 'blocked:' .. resource, unpack(line))
  end
  call('ZADD', P .. 'blocked', unpack(everyone))
  call('SET', P .. 'blockseq', text(place))
  return true
end

-- Ids, records and resources of those who need not wait.
local function plain_rest(records, resources, waits)
  if #waits == 0 then
    return taken, records, resources
  end
  local ids, texts, theirs, next_wait = {}, {}, {}, 1
  for i = 1, #taken do
    if waits[next_wait] == i then
      next_wait = next_wait + 1
    else
      local k = #ids + 1
      ids[k], texts[k], theirs[k] = taken[i], records[i], resources[i]
    end
  end
  return ids, texts, theirs
end

-- The next fencing token and its time; see token.lua. Nothing if the last is garbage. The time stays text where it can: to write
-- such a number costs twice what a redis.call does.
local function plain_token()
  local clock, last = redis.call('TIME'), redis.pcall('GET', P .. 'fence')
  last = type(last) == 'string' and #last < 18 and tonumber(match(last, '^%d+$') or '')
  if not last or last >= 9e15 then
    return nil
  end
  local now_us = clock[1] .. sub('00000' .. clock[2], -6)
  local now = sub(now_us, 1, -4)
  if last < tonumber(now_us) then
    return now_us, ' ', now
  end
  return text(last + 1), '@' .. now .. ' ', now
end

-- An id that was taken twice is given once.
local function plain_once(given, records)
  local ids, texts, seen = {}, {}, {}
  for i, id in ipairs(given) do
    if not seen[id] then
      seen[id], ids[#ids + 1], texts[#texts + 1] = true, id, records[i]
    end
  end
  return ids, texts
end

local function plain_give(worker, seq, stub, token, locks, ids, records, resources)
  local active, n = {}, #ids
  for i = 1, n do
    local resource = resources[i]
    active[2 * i - 1], active[2 * i] = ids[i], resource and stub .. resource or stub
  end
  call('SET', P .. 'fence', token)
  if n > 0 and call('HSET', P .. 'active', unpack(active)) ~= n then
    ids, records = plain_once(ids, records)
  end
  if #locks > 0 then
    call('HSET', P .. 'locks', unpack(locks))
  end
  if #locks > 40 then
    -- Up to 512 short fields Redis keeps as one list and searches it from the front: 2 us a field. One long field makes it a table.
    local long = string.rep('\n', 100)  -- no resource has such a name
    call('HSET', P .. 'locks', long, '')
    call('HDEL', P .. 'locks', long)
  end
  call('HSET', P .. 'claims', worker, seq .. '\n' .. token .. '\n' .. table.concat(ids, '\n'))
  return {'ok', token, ids, records}
end

local function plain_claim(worker, seq, n, lease)
  local last = call('HGET', P .. 'claims', worker)
  local last_seq = last and match(last, '^(%d+)\n')
  if n <= 0 or last and not last_seq or last_seq and tonumber(seq) <= tonumber(last_seq) or
      call('EXISTS', P .. 'paused', P .. 'ghosts') > 0 or not plain_take(n) then
    return nil
  elseif #taken == 0 then
    call('HSET', P .. 'claims', worker, seq .. '\n0\n')
    return {'ok', '0', {}, {}}
  end
  local records, held = redis.pcall('HMGET', P .. 'jobs', unpack(taken)), redis.pcall('HMGET', P .. 'active', unpack(taken))
  if records.err or held.err then
    return nil
  end
  local resources, wanted = plain_resources(records, held)
  local locks, waits = nil, nil
  if resources then
    locks, waits = plain_take_locks(resources, wanted)
  end
  local token, claimed, now = plain_token()
  if not locks or not token or not plain_line_up(resources, waits, now) then
    return nil
  end
  return plain_give(worker, seq, token .. ' ' .. worker .. ' 0' .. claimed .. lease .. ' - - - ', token, locks,
    plain_rest(records, resources, waits))
end

local given_plainly = plain_claim(ARGV[1], ARGV[2], tonumber(ARGV[3]) or 0, match(ARGV[4], '^%d+$') or '30000')
if given_plainly then
  return given_plainly
end
