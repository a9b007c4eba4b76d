-- heartbeat.lua   marks active attempts as renewed, and as started with the limits in force.
-- KEYS[1] prefix
-- ARGV worker, then groups of 4: id, token, started (0 or 1), limits (lease retries crash_limit backoff)
-- Returns flat: id, 'lost' (no longer the caller's: stop it), 'taken' (a later attempt has its resource: stop it, it is not renewed),
-- 'cancel' (told to stop) or 'locked' (it holds its resource again); nothing for attempts in order.
-- Why the limits: supervisor and sweepers settle a dead worker's attempts by them, and cannot ask the worker.
-- Why the locks: one that was lost or overwritten would let two attempts of a resource run; by this for one heartbeat at most.
-- Uses: base, sound, clock, plan, attempt, ours, later, hold
-- Flags: allow-oom
find_ours(ARGV, 2, 4)
local flags, reply, renewed, is_ours = beside('cancels'), {}, {}, {}
local words = check_held()
for k, id in ipairs(mine) do
  local a, limits = held[k], ARGV[at[k] + 3]
  is_ours[slots[k]] = true
  if words[k] then
    reply[#reply + 1], reply[#reply + 2] = id, words[k]
  end
  if flags[k] then
    reply[#reply + 1], reply[#reply + 2] = id, 'cancel'
  end
  if words[k] ~= 'taken' then
    renewed[#renewed + 1], renewed[#renewed + 2] = text(now), id
  end
  local old = a.lease .. ' ' .. a.retries .. ' ' .. a.crash_limit .. ' ' .. a.backoff
  if ARGV[at[k] + 2] == '1' and not (a.started and limits == old) then
    limits = match(limits, '^%d+ %d+ %d+ %-?%d+$') or old
    will('HSET', 'active', id, a.token .. ' ' .. a.worker .. ' 1' .. a.claimed .. ' ' .. limits .. ' ' .. a.resource)
  end
end
for slot = 1, #answers do
  if not is_ours[slot] then
    reply[#reply + 1], reply[#reply + 2] = ARGV[2 + (slot - 1) * 4], 'lost'
  end
end
sound('leases')
write_plan()
if #renewed > 0 then
  call('ZADD', P .. 'leases', unpack(renewed))
end
return reply
