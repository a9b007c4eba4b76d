-- New jobs: what makes two of them the same, and how they get into the queue.

-- Resource, nonce, task and inline parameters (empty: in `params`) of a record; nothing if it is corrupt.
local function content_of(record)
  local resource, task, nonce, stop = match(record, '^([^\n]*)\n([^ \n]+) [^ \n]+ ([^ \n]+)[^\n]*()')
  return resource, nonce, task, stop and stop <= #record and sub(record, stop + 1) or nil
end

-- Whether a known job is the same as a new one. stored: whether the parameters apart are equal, asked only if both have such.
local function is_same(known, new, stored)
  local resource_a, _, task_a, params_a = content_of(known)
  local resource_b, _, task_b, params_b = content_of(new)
  if not resource_a or resource_a ~= resource_b or task_a ~= task_b or params_a ~= params_b then
    return false
  end
  return params_a ~= nil or stored()
end

-- Lengths first: equal ones are within the batch's bounds, others are not even read.
local function has_params(id, params)
  return call('HSTRLEN', P .. 'params', id) == #params and call('HGET', P .. 'params', id) == params
end

local new_ids, new_records, new_pending, new, due_now, due_later = {}, {}, {}, 0, 0, false

-- due: '0' now, '+5000' ms from now, else wall clock ms. Returns the new place.
local function will_enqueue(id, due, record, params)
  new = new + 1
  new_ids[new], new_records[2 * new - 1], new_records[2 * new] = id, id, record
  if params ~= '' then
    will('HSET', 'params', id, params)
  end
  local at = due ~= '0' and (tonumber(due) or 0) + (sub(due, 1, 1) == '+' and now or 0) or 0
  if at > now then
    due_later = true
    will('ZADD', 'scheduled', text(at), id)
    return 'scheduled'
  end
  due_now = due_now + 1
  new_pending[due_now] = id
  return 'pending'
end

-- Before anything is written; `jobs` has been read.
local function need_enqueued()
  if new > 0 then
    wanted.outcomes, wanted.pending = true, due_now > 0 or nil
  end
end

-- A refused entry may have left an outcome under this id: a new job has none.
local function write_enqueued()
  if new == 0 then
    return
  end
  call('HDEL', P .. 'outcomes', unpack(new_ids))
  call('HSET', P .. 'jobs', unpack(new_records))
  write_plan()
  if due_now > 0 then
    call('LPUSH', P .. 'pending', unpack(new_pending))
  end
  count('submitted', new)
end

-- A hint for the promoters, last: whether it is allowed and arrives only saves time.
local function hint_due()
  if due_later then
    redis.pcall('PUBLISH', P .. 'events', 'due')
  end
end
