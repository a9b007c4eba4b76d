-- resume.lua   ends a pause.
-- KEYS[1] prefix
-- ARGV none
-- Returns 'ok'.
-- Why the hint: a worker that sees a paused queue looks at the key every two seconds. Daemons tell theirs to look now.
-- Flags: allow-oom
redis.call('DEL', KEYS[1] .. 'paused')
redis.pcall('PUBLISH', KEYS[1] .. 'events', 'resumed')
return 'ok'
