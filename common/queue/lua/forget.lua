-- forget.lua   a queue that holds nothing and that nobody serves is gone.
-- KEYS[1] prefix
-- ARGV 1: do it, 0: only say what stands against it
-- Returns {status, n}: 'jobs', 'inbox', 'rejected', 'workers': so many stand against it, and nothing changed; 'gone'; 'none': it has no keys.
-- Why its name is not taken off the set of names here: that key has another hash tag, and a Redis Cluster refuses such a script. The caller
-- does it afterwards; see common/queue/forget.h.
-- Why fence and run stay: should a queue of this name come again, its tokens must be larger than those that tasks have shown to others.
-- Uses: base, sound, clock
-- Flags: allow-oom
local kHeld = {'active', 'scheduled', 'blocked', 'failed', 'done'}
local kAll = {'jobs', 'params', 'pending', 'reserved', 'leases', 'blockseq', 'locks', 'ghosts', 'cancels', 'errors', 'outcomes', 'logs',
  'claims', 'fins', 'inbox', 'rejected', 'stats', 'tasks', 'workers', unpack(kHeld)}
local kLive = 60000
sound(unpack(kAll))
-- Also what damage has left without a record: the doctor may still make jobs of it.
local function held()
  local ids = sizes.pending + sizes.reserved - (tonumber(call('HGET', P .. 'stats', 'ghosts') or 0) or 0)
  for _, place in ipairs(kHeld) do
    ids = ids + sizes[place]
  end
  return math.max(sizes.jobs, ids)
end
-- Newest first: those that live have spoken last, however many have left within the time.
local function live_workers()
  local n = 0
  for _, id in ipairs(call('ZRANGE', P .. 'workers', '+inf', text(now - kLive), 'BYSCORE', 'REV', 'LIMIT', 0, 1000)) do
    n = n + call('EXISTS', P .. 'worker:' .. id)
  end
  return n
end
local against = {{'jobs', held()}, {'inbox', sizes.inbox}, {'rejected', sizes.rejected}, {'workers', live_workers()}}
for _, it in ipairs(against) do
  if it[2] > 0 then
    return it
  end
end
local keys = {P .. 'paused', P .. 'pressure'}
for _, name in ipairs(kAll) do
  keys[#keys + 1] = P .. name
end
if call('EXISTS', unpack(keys)) == 0 then
  return {'none', 0}
end
if ARGV[1] == '1' then
  call('UNLINK', unpack(keys))
end
return {'gone', 0}
