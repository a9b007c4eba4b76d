-- peek.lua   nothing changes: the entries at the tail of an inbox that an intake will take next. Sent by a daemon.
-- KEYS[1] prefix   KEYS[2] the list
-- ARGV so many at the tail are known already, then at most: entries, bytes of them all, bytes of one, bytes of the beginning of a larger one
-- Returns the entries, tail first: as many as fit, the first in any case. Of one that is larger it returns {its bytes, its beginning}.
-- Why a script: nobody but Redis knows how large they are before they are read, and LRANGE gives a hundred of a megabyte as willingly
-- as a hundred of a hundred bytes.
-- Why not all in one LRANGE: what does not fit would be read all the same. Small ones are read four at a time, since a call costs
-- as much as its entry.
-- Uses: base
-- Flags: no-writes,allow-oom
local known, most, room, largest, kept = unpack(ARGV)
known, most, room, largest = tonumber(known) or 0, tonumber(most) or 0, tonumber(room) or 0, tonumber(largest) or 0
local found, bytes, step = {}, 0, 1
local function add(entry)
  local large = #entry > largest
  local size = large and tonumber(kept) or #entry
  if #found == most or #found > 0 and bytes + size > room then
    return false
  end
  bytes = bytes + size
  found[#found + 1] = large and {#entry, sub(entry, 1, size)} or entry
  return true
end
while #found < most do
  local at = known + #found
  local some = call('LRANGE', KEYS[2], text(-at - step), text(-at - 1))
  for k = #some, 1, -1 do
    if not add(some[k]) then
      return found
    end
  end
  if #some < step then
    return found
  end
  step = bytes < 4096 * #found and 4 or 1
end
return found
