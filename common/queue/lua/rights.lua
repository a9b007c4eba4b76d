-- rights.lua   nothing changes: what the caller's Redis user may not do. Sent before the first write.
-- KEYS[1] prefix
-- ARGV none
-- Returns the commands that are refused on the keys of this queue, in lower case.
-- Why: Redis does not roll a script back that is refused a command half way. Every command of ours stands here (check_tree.py
-- sees to it), with arguments enough for it to be judged; none is run.
-- Uses: base
-- Flags: no-writes,allow-oom
local commands = {
  {'blmove', 2, 'LEFT', 'RIGHT', '0'}, {'del'}, {'eval', 0, '', '0'}, {'evalsha', 0, '', '0'}, {'exists'}, {'get'},
  {'hdel', 1, 'a'}, {'hexists', 1, 'a'}, {'hget', 1, 'a'}, {'hgetall'}, {'hincrby', 1, 'a', '1'}, {'hlen'},
  {'hmget', 1, 'a'}, {'hscan', 1, '0'}, {'hset', 1, 'a', 'b'}, {'hsetnx', 1, 'a', 'b'}, {'hstrlen', 1, 'a'},
  {'lindex', 1, '0'}, {'llen'}, {'lpop'}, {'lpos', 1, 'a'}, {'lpush', 1, 'a'}, {'lrange', 1, '0', '0'},
  {'lrem', 1, '1', 'a'}, {'ltrim', 1, '0', '0'}, {'pexpire', 1, '1'}, {'renamenx', 2}, {'rpop'}, {'rpush', 1, 'a'}, {'sadd', 1, 'a'}, {'scan', 0, '0'},
  {'set', 1, 'a'}, {'sismember', 1, 'a'}, {'srem', 1, 'a'}, {'strlen'}, {'time', 0}, {'type'}, {'unlink'},
  {'zadd', 1, '0', 'a'}, {'zcard'}, {'zcount', 1, '0', '0'}, {'zmscore', 1, 'a'}, {'zpopmin'}, {'zrange', 1, '0', '0'},
  {'zrangebyscore', 1, '0', '0'}, {'zrem', 1, 'a'}, {'zscan', 1, '0'}, {'zscore', 1, 'a'},
}
local refused = {}
for _, command in ipairs(commands) do
  local words = {command[1]}
  for _ = 1, command[2] or 1 do
    words[#words + 1] = P .. 'jobs'
  end
  for i = 3, #command do
    words[#words + 1] = command[i]
  end
  if not redis.acl_check_cmd(unpack(words)) then
    refused[#refused + 1] = command[1]
  end
end
return refused
