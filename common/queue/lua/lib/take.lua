-- The parts of a claim: what it takes, what it skips, who has to wait.

-- The answer to a claim that was answered before: what of it is still active under that token, renewed.
local function claimed_before(last)
  local token, list = match(last, '^%d+\n(%d+)\n?(.*)$')
  local ids, given, texts = {}, {}, {}
  for id in string.gmatch(list, '[^\n]+') do
    ids[#ids + 1] = id
  end
  local values = #ids > 0 and call('HMGET', P .. 'active', unpack(ids)) or {}
  local records = #ids > 0 and call('HMGET', P .. 'jobs', unpack(ids)) or {}
  for i, id in ipairs(ids) do
    local a = values[i] and attempt_of(values[i])
    if a and a.token == token and records[i] then
      given[#given + 1], texts[#texts + 1] = id, records[i]
      will('ZADD', 'leases', text(now), id)
    end
  end
  write_plan()
  return {'ok', token, given, texts}
end

-- Adds what it takes to ids at once: should `pending` be no list, what came from `reserved` is not forgotten.
local function take(ids, n)
  for _, list in ipairs({'reserved', 'pending'}) do
    local some = #ids < n and call('RPOP', P .. list, n - #ids) or {}
    for i = 1, #some do
      ids[#ids + 1] = some[i]
    end
  end
end

-- The first taken is the next taken.
local function put_back(ids)
  local reversed = {}
  for i = #ids, 1, -1 do
    reversed[#reversed + 1] = ids[i]
  end
  if #ids > 0 then
    call('RPUSH', P .. 'reserved', unpack(reversed))
  end
end

-- `ghosts` is gone, though some are counted: an id without a record is a dead copy.
local function ghosts_are_lost()
  local said = redis.pcall('HGET', P .. 'stats', 'ghosts')
  return type(said) == 'string' and (tonumber(said) or 0) > 0 and call('EXISTS', P .. 'ghosts') == 0
end

-- Of the ids taken, those that stand for a job: copies that died by cancel or delete are skipped (as many as `ghosts` says),
-- and a copy of a job that is active: it would run twice at once. One without a record was acknowledged once: it fails. Returns ids, records and id -> resource ('' = none).
local function living(ids)
  local jobs, records, resources, n, left = {}, {}, {}, 0, {}
  if #ids == 0 then
    return jobs, records, resources
  end
  -- Records of the dead, which a cancelled job keeps, are not read: there may be a thousand.
  local ghosts, alive = call('EXISTS', P .. 'ghosts') == 1 and call('HMGET', P .. 'ghosts', unpack(ids)), {}
  for i = 1, #ids do
    local id = ids[i]
    local dead = ghosts and (left[id] or tonumber(ghosts[i] or 0) or 0) or 0
    if dead > 0 then
      left[id] = dead - 1
      count('ghosts', -1)
    else
      alive[#alive + 1] = id
    end
  end
  local texts = #alive > 0 and call('HMGET', P .. 'jobs', unpack(alive)) or {}
  local held = #alive > 0 and call('HMGET', P .. 'active', unpack(alive)) or {}
  for i = 1, #alive do
    local id, record = alive[i], texts[i]
    if not record and not held[i] and not resources[id] then
      resources[id] = ''
      if ghosts_are_lost() then
        count('ghosts', -1)
      else
        will_end_corrupt(id, lost_record(''), 0, nil, 'its record was lost')
      end
    elseif record and not held[i] and not resources[id] then
      n = n + 1
      jobs[n], records[n], resources[id] = id, record, resource_of(record)
    end
  end
  for id, dead in pairs(left) do
    if dead > 0 then
      will('HSET', 'ghosts', id, text(dead))
    else
      will('HDEL', 'ghosts', id)
    end
  end
  return jobs, records, resources
end

-- Whether there are lines at resources that nobody holds: their locks were lost, and those who hold them may be running.
local function any_line(resources, holders)
  local lines = {}
  for k = 1, #resources do
    if not holders[k] then
      lines[#lines + 1] = P .. 'blocked:' .. resources[k]
    end
  end
  return #lines > 0 and has('blocked') and call('EXISTS', unpack(lines)) > 0
end

-- In a line there may be strangers.
local function is_awaited(resource, id)
  local first = redis.pcall('ZRANGE', P .. 'blocked:' .. resource, 0, 0)[1]
  return first and first ~= id and call('ZSCORE', P .. 'blocked', first)
end

-- Plans to take the locks that the jobs need. Returns id -> true for those that found theirs held.
local function lock(jobs, resources)
  local wanted, by, waits = {}, {}, {}
  for i = 1, #jobs do
    local id = jobs[i]
    if resources[id] ~= '' then
      wanted[#wanted + 1], by[#by + 1] = resources[id], id
    end
  end
  if #wanted == 0 then
    return waits
  end
  local holders, taken = call('HMGET', P .. 'locks', unpack(wanted)), {}
  local lines_are_left = any_line(wanted, holders)
  for k = 1, #wanted do
    local resource, id = wanted[k], by[k]
    local holder = taken[resource] or holders[k]
    if holder and holder ~= id or not holder and lines_are_left and is_awaited(resource, id) then
      waits[id] = true
    else
      taken[resource] = id
      will('HSET', 'locks', resource, id)
    end
  end
  return waits
end

-- Plans that those who have to wait stand in line behind those who came before. A line of another type takes nobody in.
local function line_up(jobs, resources, waits)
  if not next(waits) then
    return
  end
  local stored = call('GET', P .. 'blockseq') or ''
  local place = #stored < 16 and tonumber(match(stored, '^%d+$') or '') or 0
  for _, id in ipairs(jobs) do
    if waits[id] then
      place = place + 1
      if type(redis.pcall('ZCARD', P .. 'blocked:' .. resources[id])) == 'number' then
        will('ZADD', 'blocked:' .. resources[id], text(place), id)
      end
      will('ZADD', 'blocked', text(now), id)
    end
  end
  will('SET', 'blockseq', text(place))
end
