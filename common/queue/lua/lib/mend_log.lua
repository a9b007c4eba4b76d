-- What was repaired, and the log of one job. A repair: check, key, id, from -> to.
local repairs = {}
local function say(check, key, id, what)
  repairs[#repairs + 1] = {check, P .. key, id, what}
end

-- Bytes that count for keep_bytes.
local function weight_of(id)
  return call('HSTRLEN', P .. 'outcomes', id) + call('HSTRLEN', P .. 'params', id)
end

-- The entry in `logs` follows from the lines, as long as they are as few as a log may have.
local function mend_log(job)
  local key = 'log:' .. job.id
  local lines = redis.pcall('LLEN', P .. key)
  lines = type(lines) == 'number' and lines or 0
  local numbered, bytes, memory, said = match(job.logs or '', '^(%d+) (%d+)([^\n]*)\n(.*)$')
  if not job.record then
    if job.logs or lines > 0 then
      call('HDEL', P .. 'logs', job.id)
      call('DEL', P .. key)
      say('log-leak', key, job.id, 'a log of no job -> taken out')
    end
  elseif job.logs and not numbered or lines > 0 and not job.logs or lines == 0 and (tonumber(bytes) or 0) > 0 then
    local texts = lines > 0 and call('LRANGE', P .. key, -5000, -1) or {}
    local sum = 0
    for i = 1, #texts do
      sum = sum + #texts[i]
    end
    numbered = match(texts[#texts] or '', '^(%d+) ') or numbered or '0'
    call('HSET', P .. 'logs', job.id, numbered .. ' ' .. text(sum) .. (memory or '') .. '\n' .. (said or ''))
    say(lines > 0 and 'log-leak' or 'log-missing', 'logs', job.id, 'not what the lines are -> ' .. text(lines) .. ' lines')
  end
end
