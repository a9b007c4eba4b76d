-- Values that may be long are not read for a word of theirs: Lua looks at each byte that it is given, a megabyte in three milliseconds.
local kLongRejected, room = 65536, 262144

local function is_rejected(id)
  return call('HSTRLEN', P .. 'outcomes', id) <= kLongRejected and match(call('HGET', P .. 'outcomes', id) or '', '^{"state":"rejected"')
end

-- An entry of `logs` may hold 64 KiB of progress: so much of them is read in all. The bytes of the others are not known (0), and
-- nothing is said of them.
local function bytes_of_lines(id)
  local size = call('HSTRLEN', P .. 'logs', id)
  if size == 0 or size > room then
    return '0'
  end
  room = room - size
  return match(call('HGET', P .. 'logs', id), '^%d+ (%d+)') or '0'
end
