-- The short way of submit: all are due now, have their parameters in the record, and none is known. It answers only where it does what
-- submit.lua would do, and has changed nothing where it does not. Needs plain_new.
local function plain_submit(n)
  local ids = n > 0 and #ARGV == 3 + 2 * n and plain_ids(4, n)
  return ids and plain_create(ids, 4) and {'created pending', n}
end

local submitted = plain_submit(tonumber(ARGV[3]) or 0)
if submitted then
  return submitted
end
