-- audit.lua   all that the invariant needs to know of ids, at one moment. Sent by the doctor, a page of ids at a time.
-- KEYS[1] prefix
-- ARGV longest, then ids (100 at most): copies in pending and reserved are counted if both together hold no more entries
-- Returns a list of 8 a id: words for what is there, value in active, resource, ghosts, bytes said in logs, holder of its
-- resource, copies ('' not counted), bytes that count for keep_bytes. A place or side table is named by its key; see common/queue/audit.h for the others.
-- Why not inspect: a page of it could be a hundred megabytes of parameters and results.
-- Uses: base, clock, record, long
-- Flags: no-writes,allow-oom
local longest, ids = tonumber(ARGV[1]) or 0, {unpack(ARGV, 2)}
if #ids == 0 then
  return {}
end
local function ask(command, key)
  return call('EXISTS', P .. key) == 1 and call(command, P .. key, unpack(ids)) or {}
end
local records, active, ghosts = ask('HMGET', 'jobs'), ask('HMGET', 'active'), ask('HMGET', 'ghosts')
local words, resources, wanted, holders, reply, kept = {}, {}, {}, {}, {}, {}
local function note(i, word)
  words[i][#words[i] + 1] = word
end
for i = 1, #ids do
  words[i], resources[i] = {}, records[i] and resource_of(records[i]) or ''
  if resources[i] ~= '' then
    wanted[#wanted + 1] = resources[i]
  end
end
for _, place in ipairs({'scheduled', 'blocked', 'failed', 'done', 'leases'}) do
  for i, score in ipairs(ask('ZMSCORE', place)) do
    if score then
      note(i, place)
      kept[i] = kept[i] or place == 'done'
      if (place == 'scheduled' or place == 'done') and tonumber(score) > now + kFar then
        note(i, 'far')
      end
    end
  end
end
for _, side in ipairs({'params', 'cancels', 'errors', 'outcomes', 'logs'}) do
  local exists = call('EXISTS', P .. side) == 1
  for i = 1, exists and #ids or 0 do
    if call('HEXISTS', P .. side, ids[i]) == 1 then
      note(i, side)
    end
  end
end
for k, holder in ipairs(#wanted > 0 and call('HMGET', P .. 'locks', unpack(wanted)) or {}) do
  holders[wanted[k]] = holder or ''
end
local entries = call('LLEN', P .. 'pending') + call('LLEN', P .. 'reserved')
local function copies(id)
  return #call('LPOS', P .. 'pending', id, 'COUNT', 0) + #call('LPOS', P .. 'reserved', id, 'COUNT', 0)
end
local function note_record(i)
  local r = cut_record(records[i])
  note(i, 'known')
  if r then
    note(i, r.params == '' and 'apart' or 'inline')
  end
  if resources[i] ~= '' then
    local place = redis.pcall('ZSCORE', P .. 'blocked:' .. resources[i], ids[i])
    note(i, type(place) == 'table' and 'unreadable' or place and 'waits' or 'absent')
  end
end
for i, id in ipairs(ids) do
  local has_lines = call('EXISTS', P .. 'log:' .. id) == 1
  if records[i] then
    note_record(i)
  elseif is_rejected(id) then
    note(i, 'rejected')
  end
  if has_lines then
    note(i, 'log')
  end
  reply[i] = {table.concat(words[i], ' '), active[i] or '', resources[i], ghosts[i] or '0', has_lines and '0' or bytes_of_lines(id),
    holders[resources[i]] or '', entries <= longest and copies(id) or '', kept[i] and call('HSTRLEN', P .. 'outcomes', id) + call('HSTRLEN', P .. 'params', id) or 0}
end
return reply
