-- announce.lua   a worker says that it lives and what it is; without another its registration lapses after ttl.
-- KEYS[1] prefix
-- ARGV worker, ttl ms, count of fields, field, value..., then the tasks that it has
-- Returns 'ok', or 'closed': it was declared dead, and nothing changed.
-- Why it clears up behind others: nobody else knows when the last word of a dead worker is of no more use. A day is enough.
-- Why it speaks for others: if the table of tasks is lost, jobs of theirs would fail as of an unknown task until each has spoken again.
-- Uses: base, sound, clock
-- Flags: allow-oom
local kDay, kLive = 86400000, 60000
local worker, ttl, fields = ARGV[1], tonumber(ARGV[2]) or 30000, (tonumber(ARGV[3]) or 0) * 2
if call('HGET', P .. 'claims', worker) == 'closed' then
  return 'closed'
end
local tasks = {}
-- Not more than 16 MiB are read for it; the newest first.
local function say_for_others()
  local seen, room = {}, 16777216
  local others = call('ZRANGE', P .. 'workers', '+inf', text(now - kLive), 'BYSCORE', 'REV', 'LIMIT', 0, 1000, 'WITHSCORES')
  for i = 1, #others, 2 do
    local said = room > 0 and others[i] ~= worker and redis.pcall('HGET', P .. 'worker:' .. others[i], 'tasks')
    said = type(said) == 'string' and said or ''
    room = room - #said
    for task in string.gmatch(said, '[^,]+') do
      if not seen[task] then
        seen[task], tasks[#tasks + 1], tasks[#tasks + 2] = true, task, others[i + 1]
      end
    end
  end
end
local old = call('ZRANGEBYSCORE', P .. 'workers', '-inf', text(now - kDay), 'LIMIT', 0, 10)
need(#old > 0 and 'fins' or nil)
sound('tasks')
if sizes.tasks == 0 then
  say_for_others()
end
for i = 4 + fields, #ARGV do
  tasks[#tasks + 1], tasks[#tasks + 2] = ARGV[i], text(now)
end
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
