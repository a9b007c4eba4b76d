-- inspect.lua   all that the queue knows of jobs, at one moment. Sent by `job show`.
-- KEYS[1] prefix
-- ARGV ids (16 at most: each may bring a megabyte of parameters)
-- Returns a list a job: known (0 or 1), record, params, active, mark, scheduled, blocked, failed, done, ghosts, cancel, errors,
-- outcome, logs, holder of its resource, whether it waits in its resource's line (0 or 1). '' = absent.
-- Why one script: what is asked in several steps may show a job twice or nowhere while it moves.
-- Uses: base, record
-- Flags: no-writes,allow-oom
local reply = {}

-- A line of another type has nobody in it, and the job can still be shown.
local function is_in_line(resource, id)
  return type(redis.pcall('ZSCORE', P .. 'blocked:' .. resource, id) or nil) == 'string'
end

for i, id in ipairs(ARGV) do
  local record = call('HGET', P .. 'jobs', id)
  local resource = record and resource_of(record) or ''
  local line = {record and '1' or '0', record or '', call('HGET', P .. 'params', id) or '',
    call('HGET', P .. 'active', id) or ''}
  for _, place in ipairs({'leases', 'scheduled', 'blocked', 'failed', 'done'}) do
    line[#line + 1] = call('ZSCORE', P .. place, id) or ''
  end
  for _, side in ipairs({'ghosts', 'cancels', 'errors', 'outcomes', 'logs'}) do
    line[#line + 1] = call('HGET', P .. side, id) or ''
  end
  line[#line + 1] = resource ~= '' and call('HGET', P .. 'locks', resource) or ''
  line[#line + 1] = resource ~= '' and is_in_line(resource, id) and '1' or '0'
  reply[i] = line
end
return reply
