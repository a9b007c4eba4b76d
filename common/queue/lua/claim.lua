-- claim.lua   reserved, pending -> active or blocked. Sent by a worker that has room for up to n jobs.
-- KEYS[1] prefix
-- ARGV worker, seq, n, lease ms
-- Returns {status, token, {id...}, {record...}}; status 'ok', 'paused', 'closed'; token '0' where nothing was given and no more is to be taken.
-- n = 0, and a paused queue, give what is in reserved back to the tail of pending.
-- Why seq: after a lost reply the same claim comes again; it gets, and renews, what it was given, or those jobs would wait for
-- the sweep. An older seq is a request that was delayed on a dead connection: nobody would run what it took.
-- Uses: base, plain_lines, plain_claim, sound, clock, token, plan, attempt, record, outcome, lost, reserved, dead, take
-- Flags: allow-oom
local worker, seq, n, lease = ARGV[1], ARGV[2], tonumber(ARGV[3]) or 0, match(ARGV[4], '^%d+$') or '30000'
local last = call('HGET', P .. 'claims', worker) or ''
local last_seq = match(last, '^(%d+)\n')
if last == 'closed' then
  return {'closed', '0', {}, {}}
elseif last_seq and tonumber(seq) <= tonumber(last_seq) then
  return seq == last_seq and claimed_before(last) or {'ok', '0', {}, {}}
end
local function remember(token, ids)
  call('HSET', P .. 'claims', worker, seq .. '\n' .. token .. '\n' .. table.concat(ids, '\n'))
end
local paused = call('EXISTS', P .. 'paused') == 1
if paused or n <= 0 then
  give_back_reserved()
  remember('0', {})
  return {paused and 'paused' or 'ok', '0', {}, {}}
end
local ids, records, resources, waits, token = nil, nil, nil, nil, '0'
local judged, trouble = pcall(function()
  local dead, more = take_dead(taken)
  take(taken, n + dead)
  ids, records, resources = living(taken)
  waits = lock(ids, resources)
  line_up(ids, resources, waits)
  sound()
  token = (more or #ids > 0) and next_token() or '0'
end)
if not judged then
  put_back(taken)
  return {err = trouble.err or tostring(trouble)}
end
local given, texts, active, k = {}, {}, {}, 0
local claimed = token == text(now_us) and ' ' or '@' .. text(now) .. ' '
local stub = token .. ' ' .. worker .. ' 0' .. claimed .. lease .. ' - - - '
for i = 1, #ids do
  local id, resource = ids[i], resources[ids[i]]
  if not waits[id] then
    k = k + 1
    given[k], texts[k], active[2 * k - 1], active[2 * k] = id, records[i], id, resource == '' and stub or stub .. resource
  end
end
if #given > 0 then
  call('HSET', P .. 'active', unpack(active))
end
write_plan()
write_counters()
remember(token, given)
return {'ok', token, given, texts}
