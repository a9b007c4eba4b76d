-- announce.lua   a worker says that it lives and what it is; without another its registration lapses after ttl.
-- KEYS[1] prefix
-- ARGV worker, ttl ms, count of fields, field, value..., then the tasks that it has
-- Returns 'ok', or 'closed': it was declared dead, and nothing changed.
-- Why it clears up behind others: nobody else knows when the last word of a dead worker is of no more use. A day is enough.
-- Uses: base, sound, clock
-- Flags: allow-oom
local kDay = 86400000
local worker, ttl, fields = ARGV[1], tonumber(ARGV[2]) or 30000, (tonumber(ARGV[3]) or 0) * 2
if call('HGET', P .. 'claims', worker) == 'closed' then
  return 'closed'
end
local tasks = {}
for i = 4 + fields, #ARGV do
  tasks[#tasks + 1], tasks[#tasks + 2] = ARGV[i], text(now)
end
local old = call('ZRANGEBYSCORE', P .. 'workers', '-inf', text(now - kDay), 'LIMIT', 0, 10)
need(#old > 0 and 'fins' or nil)
sound('tasks')
call('ZADD', P .. 'workers', text(now), worker)
if fields > 0 then
  if type(redis.pcall('HLEN', P .. 'worker:' .. worker)) == 'table' then
    call('DEL', P .. 'worker:' .. worker)  -- of another type, and it holds nothing but what is said now
  end
  call('HSET', P .. 'worker:' .. worker, unpack(ARGV, 4, 3 + fields))
  call('PEXPIRE', P .. 'worker:' .. worker, text(math.max(1, ttl)))
end
for i = 1, #tasks, 1000 do
  call('HSET', P .. 'tasks', unpack(tasks, i, math.min(i + 999, #tasks)))
end
if #old > 0 then
  call('ZREM', P .. 'workers', unpack(old))
  call('HDEL', P .. 'claims', unpack(old))
  call('HDEL', P .. 'fins', unpack(old))
end
return 'ok'
