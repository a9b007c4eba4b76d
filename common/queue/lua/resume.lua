-- resume.lua   ends a pause.
-- KEYS[1] prefix
-- ARGV none
-- Returns 'ok'.
-- Why workers notice within two seconds: one that sees a paused queue looks at the key at that pace instead of waiting.
-- Flags: allow-oom
redis.call('DEL', KEYS[1] .. 'paused')
return 'ok'
