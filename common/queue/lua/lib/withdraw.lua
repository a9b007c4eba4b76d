-- Waiting jobs that somebody takes out of the queue. Nothing is searched: a pending one leaves a dead copy behind, which
-- `ghosts` counts and claim skips.
local buried, leave_line = {}, {}

local function will_withdraw(id, place, record)
  local resource = resource_of(record)
  if place == 'pending' then
    buried[#buried + 1] = id
    need('ghosts')
    will_free(resource, id)
  elseif place == 'blocked' then
    will('ZREM', 'blocked', id)
    leave_line[#leave_line + 1] = {resource, id}
  else
    will('ZREM', place, id)
  end
end

local function write_withdrawn()
  for _, it in ipairs(leave_line) do
    redis.pcall('ZREM', P .. 'blocked:' .. it[1], it[2])  -- a line of another type has nobody in it
  end
  if #buried == 0 then
    return
  end
  local counts, args = call('HMGET', P .. 'ghosts', unpack(buried)), {}
  for i, id in ipairs(buried) do
    args[#args + 1], args[#args + 2] = id, text((tonumber(counts[i] or 0) or 0) + 1)
  end
  call('HSET', P .. 'ghosts', unpack(args))
  count('ghosts', #buried)
end

-- Calls judge(i, id, place, record, value in active) for each known id once, in order, and answers for the others: 'none', or
-- 'skipped' where it is no longer in the expected place ('' = any). More ids than a plan's calls can carry are refused.
local function for_known(first, expected, judge)
  if #ARGV - first >= 1000 then
    error({err = 'ERR a batch is at most 1000 ids'})
  end
  local answers, ids, slots = {}, {}, {}
  for i = first, #ARGV do
    answers[#answers + 1] = 'none'
  end
  local records = #answers > 0 and call('HMGET', P .. 'jobs', unpack(ARGV, first)) or {}
  local texts, seen = {}, {}
  for slot = 1, #answers do
    local id = ARGV[first + slot - 1]
    if records[slot] and not seen[id] then
      seen[id] = true
      ids[#ids + 1], texts[#ids + 1], slots[#ids + 1] = id, records[slot], slot
    end
  end
  local where, values = places(ids)
  for k, id in ipairs(ids) do
    local wanted = expected == '' or expected == where[k]
    answers[slots[k]] = wanted and judge(id, where[k], texts[k], values[k]) or 'skipped'
  end
  return answers
end

-- An active job is only told: its lease and lock stay until the attempt has really ended.
local hints = {}
local function will_flag(id, value, flag)
  if flag == 'delete' or call('HEXISTS', P .. 'cancels', id) == 0 then
    will('HSET', 'cancels', id, flag)
  end
  local a = attempt_of(value)
  hints[#hints + 1] = a and ('cancel ' .. a.worker .. ' ' .. id) or nil
end

-- Last: whether it is allowed and arrives only saves time, heartbeats tell the same.
local function hint_cancels()
  for i = 1, #hints do
    redis.pcall('PUBLISH', P .. 'events', hints[i])
  end
end
