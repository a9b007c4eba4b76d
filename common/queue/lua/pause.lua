-- pause.lua   no job of this queue starts until it is resumed.
-- KEYS[1] prefix
-- ARGV none
-- Returns 'ok'.
-- Why a key and not a state of the workers: a worker that starts later must see it too.
-- Flags: allow-oom
redis.call('SET', KEYS[1] .. 'paused', '1')
return 'ok'
