-- log.lua   lines and progress of running attempts. Sent by a worker with its heartbeats and before a finish.
-- KEYS[1] prefix
-- ARGV groups: id, token, progress ('' none, else '=' and the text), first, count, line...
-- first: the number of the first line among all that the attempt has said, from 1; 0: not numbered.
-- Returns a flat list of the ids that were refused: no longer the caller's.
-- Why numbers: a reader asks for what came after the last line it saw, and notices what was dropped between. Those of the caller say
-- which lines of a call that is sent again have been written.
-- Flags: allow-oom
local P, call, match = KEYS[1], redis.call, string.match
local kMost, refused, i = 65536, {}, 1
local function append(id, first, last, numbered, bytes)
  local key = P .. 'log:' .. id
  for from = first, last, 500 do
    local lines = {}
    for k = from, math.min(from + 499, last) do
      numbered = numbered + 1
      lines[#lines + 1] = string.format('%.0f ', numbered) .. ARGV[k]
      bytes = bytes + #lines[#lines]
    end
    if type(redis.pcall('RPUSH', key, unpack(lines))) == 'table' then
      return numbered, 0  -- of another type: this job's lines are dropped, nobody else's
    end
  end
  while bytes > kMost do
    local oldest, n = redis.pcall('LRANGE', key, 0, 63), 0  -- of another type: an error, and empty
    while bytes > kMost and n < #oldest do
      n = n + 1
      bytes = bytes - #oldest[n]
    end
    if n == 0 or not call('LPOP', key, n) then
      bytes = 0
    end
  end
  return numbered, bytes
end
-- How many of the lines were written before, and what to remember so that the next call knows.
local function repeated(memory, token, first, lines)
  if first == 0 then
    return 0, memory
  end
  local its_token, seen = match(memory, '^ (%d+) (%d+)$')
  seen = its_token == token and tonumber(seen) or 0
  return math.min(lines, math.max(0, seen - first + 1)), string.format(' %s %.0f', token, math.max(seen, first + lines - 1))
end
while i + 4 <= #ARGV do
  local id, token, progress = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local first, lines = tonumber(ARGV[i + 3]) or 0, tonumber(ARGV[i + 4]) or 0
  local last = math.min(i + 4 + lines, #ARGV)
  if match(call('HGET', P .. 'active', id) or '', '^%d+') ~= token then
    refused[#refused + 1] = id
  elseif lines > 0 or progress ~= '' then
    local numbered, bytes, memory, said = match(call('HGET', P .. 'logs', id) or '', '^(%d+) (%d+)([^\n]*)\n(.*)$')
    local skip
    skip, memory = repeated(memory or '', token, first, lines)
    numbered, bytes = append(id, i + 5 + skip, last, tonumber(numbered) or 0, tonumber(bytes) or 0)
    said = progress ~= '' and string.sub(progress, 2) or said or ''
    call('HSET', P .. 'logs', id, string.format('%.0f %.0f', numbered, bytes) .. memory .. '\n' .. said)
  end
  i = last + 1
end
return refused
