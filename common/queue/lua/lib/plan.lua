-- Writes and counters, gathered while a batch is judged and made at its end: all guards come before the first write, and
-- each key is written by one call, however large the batch.
local planned, counters = {}, {}

local function will(command, key, a, b)
  local name = command .. key
  local args = planned[name]
  if not args then
    wanted[key] = true
    args = {command, P .. key}
    planned[name] = args
    planned[#planned + 1] = args
  end
  args[#args + 1] = a
  args[#args + 1] = b
end

local function count(name, n)
  counters[name] = (counters[name] or 0) + (n or 1)
end

local function write_plan()
  for i = 1, #planned do
    call(unpack(planned[i]))
  end
end

-- Last, by pcall: a counter that somebody has spoilt must not stop a job.
local function write_counters()
  for name, n in pairs(counters) do
    if n ~= 0 then
      redis.pcall('HINCRBY', P .. 'stats', name, text(n))
    end
  end
end
