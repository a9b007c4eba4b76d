-- Attempts that end leave `active`, `leases` and `cancels`.
local function leave_active(ids, flags)
  if #ids == 0 then
    return
  end
  call('HDEL', P .. 'active', unpack(ids))
  if has('leases') then
    call('ZREM', P .. 'leases', unpack(ids))
  end
  local flagged = {}
  for i = 1, #ids do
    if flags[i] then
      flagged[#flagged + 1] = ids[i]
    end
  end
  if #flagged > 0 then
    call('HDEL', P .. 'cancels', unpack(flagged))
  end
end
