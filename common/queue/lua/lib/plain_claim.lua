-- The short way of claim: whatever was taken can be given, and nobody has to wait for a resource. It answers only where it does what
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

-- The resource of each (empty = none) and what of it goes into `locks`; nothing if one cannot be given. Where a line stands at a resource
-- that nobody holds, the lock was lost: see take.lua.
local function plain_records(records, held)
  local resources, wanted, locks, holder = {}, {}, {}, {}
  for i = 1, #taken do
    local record = records[i]
    if not record or held[i] then
      return nil
    elseif string.byte(record) ~= 10 then
      local stop = find(record, '\n', 1, true)
      if not stop then
        return nil
      end
      local n = #wanted + 1
      wanted[n], resources[i] = sub(record, 1, stop - 1), n
    end
  end
  local holders, unheld = #wanted > 0 and redis.pcall('HMGET', P .. 'locks', unpack(wanted)) or {}, {}
  for i, n in pairs(resources) do
    local id, resource = taken[i], wanted[n]
    local by = holder[resource] or holders[n]
    if holders.err or by and by ~= id then
      return nil
    elseif not by then
      unheld[#unheld + 1] = resource
    end
    holder[resource], resources[i] = id, resource
    locks[#locks + 1], locks[#locks + 2] = resource, id
  end
  if not plain_lines(unheld) then
    return resources, locks
  end
end

-- The next fencing token and its time; see token.lua. Nothing if the last is garbage.
local function plain_token()
  local clock, last = redis.call('TIME'), redis.pcall('GET', P .. 'fence')
  last = type(last) == 'string' and #last < 18 and tonumber(match(last, '^%d+$') or '')
  local now_us = clock[1] * 1000000 + clock[2]
  if not last or last >= 9e15 then
    return nil
  end
  local token, claimed = text(math.max(now_us, last + 1)), ' '
  return token, token == text(now_us) and claimed or '@' .. text(math.floor(now_us / 1000)) .. ' '
end

-- An id that was taken twice is given once.
local function plain_once(records)
  local ids, texts, seen = {}, {}, {}
  for i, id in ipairs(taken) do
    if not seen[id] then
      seen[id], ids[#ids + 1], texts[#texts + 1] = true, id, records[i]
    end
  end
  return ids, texts
end

local function plain_give(worker, seq, lease, records, resources, locks, token, claimed)
  local active, stub, n = {}, token .. ' ' .. worker .. ' 0' .. claimed .. lease .. ' - - - ', #taken
  for i = 1, n do
    local resource = resources[i]
    active[2 * i - 1], active[2 * i] = taken[i], resource and stub .. resource or stub
  end
  call('SET', P .. 'fence', token)
  local ids = taken
  if call('HSET', P .. 'active', unpack(active)) ~= n then
    ids, records = plain_once(records)
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
  local resources, locks = plain_records(records, held)
  local token, claimed = plain_token()
  return resources and token and plain_give(worker, seq, lease, records, resources, locks, token, claimed)
end

local given_plainly = plain_claim(ARGV[1], ARGV[2], tonumber(ARGV[3]) or 0, match(ARGV[4], '^%d+$') or '30000')
if given_plainly then
  return given_plainly
end
