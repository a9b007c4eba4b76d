-- The parts of a claim: what it takes, what it skips, who has to wait.

-- The answer to a claim that was answered before: what of it is still active under that token, renewed.
local function claimed_before(last)
  local token, list = match(last, '^%d+\n(%d+)\n?(.*)$')
  local reply, ids = {'ok', token}, {}
  for id in string.gmatch(list, '[^\n]+') do
    ids[#ids + 1] = id
  end
  local values = #ids > 0 and call('HMGET', P .. 'active', unpack(ids)) or {}
  local records = #ids > 0 and call('HMGET', P .. 'jobs', unpack(ids)) or {}
  for i, id in ipairs(ids) do
    local a = values[i] and attempt_of(values[i])
    if a and a.token == token and records[i] then
      reply[#reply + 1], reply[#reply + 2] = id, records[i]
      will('ZADD', 'leases', text(now), id)
    end
  end
  write_plan()
  return reply
end

-- In bounded steps and in order: what stays behind is older, and is taken first by the next claim.
local function give_back_reserved()
  local newest = call('LPOP', P .. 'reserved', 100)
  if newest then
    call('RPUSH', P .. 'pending', unpack(newest))
  end
end

local function take(n)
  local ids = call('RPOP', P .. 'reserved', n) or {}
  local more = #ids < n and call('RPOP', P .. 'pending', n - #ids) or {}
  for i = 1, #more do
    ids[#ids + 1] = more[i]
  end
  return ids
end

-- Of the ids taken, those that stand for a job: copies that died by cancel or delete are skipped (as many as `ghosts` says),
-- and so are ids without a record. Returns ids, records and id -> resource ('' = none).
local function living(ids)
  local jobs, records, resources, n, left = {}, {}, {}, 0, {}
  if #ids == 0 then
    return jobs, records, resources
  end
  local texts = call('HMGET', P .. 'jobs', unpack(ids))
  local ghosts = call('EXISTS', P .. 'ghosts') == 1 and call('HMGET', P .. 'ghosts', unpack(ids))
  for i = 1, #ids do
    local id, record = ids[i], texts[i]
    local dead = ghosts and (left[id] or tonumber(ghosts[i] or 0)) or 0
    if dead > 0 then
      left[id] = dead - 1
      count('ghosts', -1)
    elseif record and not resources[id] then
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

-- Takes the locks that the jobs need. Returns id -> true for those that found theirs held.
local function lock(jobs, resources)
  local wanted, by, waits, locks = {}, {}, {}, {}
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
  for k = 1, #wanted do
    local resource, id = wanted[k], by[k]
    local holder = taken[resource] or holders[k]
    if holder and holder ~= id then
      waits[id] = true
    else
      taken[resource] = id
      locks[#locks + 1], locks[#locks + 2] = resource, id
    end
  end
  if #locks > 0 then
    call('HSET', P .. 'locks', unpack(locks))
  end
  return waits
end

-- Those who have to wait stand in line behind those who came before.
local function line_up(jobs, resources, waits)
  if not next(waits) then
    return
  end
  local place = tonumber(call('GET', P .. 'blockseq') or '0') or 0
  for _, id in ipairs(jobs) do
    if waits[id] then
      place = place + 1
      will('ZADD', 'blocked:' .. resources[id], text(place), id)
      will('ZADD', 'blocked', text(now), id)
    end
  end
  call('SET', P .. 'blockseq', text(place))
end
