-- close.lua   active -> pending, for what a worker's last claim gave and nobody settled; no more claims by that worker. Sent by
-- its supervisor when it is dead, after it settled what the flight recorder names, and by a worker that leaves.
-- KEYS[1] prefix
-- ARGV worker
-- Returns the ids that were given back; nothing the second time.
-- Why: a claim that the worker sent just before it died may be done after its death, or have been done without its knowing.
-- A started attempt is left to the sweep, which counts it.
-- Uses: base, sound, clock, plan, heirs, lock, attempt, record, outcome, drop, kept, settle, ours, leave, give_back
-- Flags: allow-oom
local worker, args, ids, given_flags = ARGV[1], {}, {}, {}
local token, claimed = match(call('HGET', P .. 'claims', worker) or '', '^%d+\n(%d+)\n(.+)$')
for id in string.gmatch(claimed or '', '[^\n]+') do
  args[#args + 1], args[#args + 2] = id, token
end
find_ours(args, 1, 2)
local flags, errors, records = beside('cancels'), beside('errors'), beside('jobs')
for k, id in ipairs(mine) do
  if not held[k].started then
    ids[#ids + 1], given_flags[#ids + 1] = id, flags[k]
    give_back({id = id, record = records[k], resource = held[k].resource, worker = worker, flag = flags[k], errors = errors[k]},
      false, 0)
  end
end
sound('active', 'leases', 'workers')
leave_active(ids, given_flags)
write_settled()
write_back()
call('HSET', P .. 'claims', worker, 'closed')
call('ZADD', P .. 'workers', 'NX', text(now), worker)
call('DEL', P .. 'worker:' .. worker)
write_counters()
return ids
