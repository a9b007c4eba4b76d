-- Fencing tokens, made from Redis' time.

-- A token as a number; empty if it is none, or so large that a double cannot tell it from the next (now is 1.8e15 us).
local function token_of(said)
  local n = #said < 18 and tonumber(match(said, '^%d+$') or '')
  return n and n < 9e15 and n or nil
end

-- Empty if it is gone or garbage.
local function last_token()
  return token_of(call('GET', P .. 'fence') or '')
end

-- The largest token of an attempt that runs; 0: none does. Only asked when `fence` says nothing, so all are looked at.
local function largest_running()
  local largest, cursor = 0, '0'
  repeat
    local page = call('HSCAN', P .. 'active', cursor, 'COUNT', 1000)
    cursor = page[1]
    for i = 2, #page[2], 2 do
      largest = math.max(largest, token_of(match(page[2][i], '^%d+') or '') or 0)
    end
  until cursor == '0'
  return largest
end

-- The next token: larger than every one before, whatever the clock does. epoch sets `fence` before the first claim; if it is
-- gone since, it is larger than that of any attempt that runs, and by an hour ahead of the clock.
local function next_token()
  local last = last_token() or math.max(now_us + 3600000000, largest_running())
  local token = text(math.max(now_us, last + 1))
  call('SET', P .. 'fence', token)
  return token
end
