-- Where jobs are. An id of `jobs` that is in no other place is pending (or reserved).
local kPlaces = {'scheduled', 'blocked', 'failed', 'done'}

-- A name for each of the ids; the value of an active one stands in the second table. Requires: all are in `jobs`.
local function places(ids)
  local found, values = {}, {}
  if #ids == 0 then
    return found, values
  end
  values = call('HMGET', P .. 'active', unpack(ids))
  for i = 1, #ids do
    found[i] = values[i] and 'active' or 'pending'
  end
  for _, place in ipairs(kPlaces) do
    if call('EXISTS', P .. place) == 1 then
      local scores = call('ZMSCORE', P .. place, unpack(ids))
      for i = 1, #ids do
        if scores[i] and found[i] == 'pending' then
          found[i] = place
        end
      end
    end
  end
  return found, values
end
