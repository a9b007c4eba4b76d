-- The short way of intake: the list ends in just these entries, all are accepted, due now, have their parameters in the record, and none
-- is known. It answers only where it does what intake.lua would do, and has changed nothing where it does not. Needs plain_new.
local function plain_intake(n)
  local ids = n > 0 and #ARGV == 3 + 3 * n and plain_ids(4 + n, n)
  if not ids or n > 1 and redis.pcall('LINDEX', KEYS[2], -1) ~= ARGV[4] then
    return nil
  end
  local list = redis.pcall('LRANGE', KEYS[2], -n, -1)
  for i = 1, n do
    if list[n + 1 - i] ~= ARGV[3 + i] then
      return nil
    end
  end
  if plain_create(ids, 4 + n) then
    call('LTRIM', KEYS[2], 0, -1 - n)
    return {n, 'ok'}
  end
end

local taken_plainly = plain_intake(tonumber(ARGV[3]) or 0)
if taken_plainly then
  return taken_plainly
end
