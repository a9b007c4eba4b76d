-- What a wait was given and nobody has claimed yet goes back to the tail of pending, which wakes whoever waits. In bounded steps
-- and in order: what stays behind is older, and is taken first by the next claim.
local function give_back_reserved()
  sound('pending', 'reserved')
  local newest = call('LPOP', P .. 'reserved', 100)
  if newest then
    call('RPUSH', P .. 'pending', unpack(newest))
  end
end
