-- log.lua   lines and progress of running attempts. Sent by a worker with its heartbeats and before a finish.
-- KEYS[1] prefix
-- ARGV groups: id, token, progress ('' none, else '=' and the text), count, line...
-- Returns a flat list of the ids that were refused: no longer the caller's.
-- Why numbers: a reader asks for what came after the last line it saw, and notices what was dropped between.
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
    local oldest, n = call('LRANGE', key, 0, 63), 0
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
while i + 3 <= #ARGV do
  local id, token, progress, lines = ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]) or 0
  local last = math.min(i + 3 + lines, #ARGV)
  if match(call('HGET', P .. 'active', id) or '', '^%d+') ~= token then
    refused[#refused + 1] = id
  elseif lines > 0 or progress ~= '' then
    local numbered, bytes, said = match(call('HGET', P .. 'logs', id) or '', '^(%d+) (%d+)\n(.*)$')
    numbered, bytes = append(id, i + 4, last, tonumber(numbered) or 0, tonumber(bytes) or 0)
    said = progress ~= '' and string.sub(progress, 2) or said or ''
    call('HSET', P .. 'logs', id, string.format('%.0f %.0f\n', numbered, bytes) .. said)
  end
  i = last + 1
end
return refused
