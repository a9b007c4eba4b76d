-- The record, see common/job/record.h: resource, one line of numbers and header, parameters. Only the numbers are read.
local function resource_of(record)
  local stop = find(record, '\n', 1, true)
  return stop and stop > 1 and sub(record, 1, stop - 1) or ''
end

-- Empty if it is corrupt.
local function cut_record(record)
  local resource, numbers, retries, crash_limit, backoff, rest =
    match(record, '^([^\n]*\n)(%d+ %d+ %d+ %d+) (%-?%d*) (%-?%d*) (%-?%d*) (%S+ .*)$')
  local a, c, l, s = match(numbers or '', '^(%d+) (%d+) (%d+) (%d+)$')
  if not a or #numbers > 40 or #retries > 9 or #crash_limit > 9 or #backoff > 16 then
    return nil
  end
  return {resource = resource, attempts = tonumber(a), crashes = tonumber(c), losses = tonumber(l), since = tonumber(s),
    retries = retries, crash_limit = crash_limit, backoff = backoff, rest = rest}
end

local function join_record(r)
  return string.format('%s%.0f %.0f %.0f %.0f ', r.resource, r.attempts, r.crashes, r.losses, r.since) ..
    r.retries .. ' ' .. r.crash_limit .. ' ' .. r.backoff .. ' ' .. r.rest
end

-- In place of one that is gone. It cannot be cut: whoever gets it ends the job as corrupt.
local function lost_record(resource)
  return resource .. '\nthe record was lost'
end
