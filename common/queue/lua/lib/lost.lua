-- A waiting job that cannot run, because its record, its parameters or what they say is lost: it was acknowledged, so it stays to be
-- seen, as one that failed. Needs record, outcome.
local function will_end_corrupt(id, record, attempts, errors, why)
  will('HSET', 'jobs', id, record)
  will('HSET', 'outcomes', id, outcome('failed', text(attempts), 'null', '"corrupt"', ended_now(),
    add_error(errors, error_now(attempts, 'corrupt', why, ''))))
  will('ZADD', 'failed', text(now), id)
  count('failures')
end
