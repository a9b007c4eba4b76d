"""Every safeguard of the scripts, and the script without it: (name, file, text, replacement). The simulation must miss each one;
a text that is no longer there is an error, so that this table stays true. What chance meets too rarely is shown by plain_test.cc,
old_token_test.cc and lost_lock_test.cc instead, and what no step calls (announce, quarantine, recount) by upkeep_test.cc and damage_test.cc:
those are not taken out by any machine."""
import json
import multiprocessing
import time
from pathlib import Path

import scripts

STEPS = 400000
EPISODES = Path(__file__).resolve().parent / 'episodes.json'

MUTANTS = [
    # claim
    ('claim: dead copies are taken for jobs', 'lib/take.lua', "if dead > 0 then\n      left", "if false then\n      left"),
    ('claim: dead copies are not counted down', 'lib/take.lua', "left[id] = dead - 1\n", "left[id] = dead\n"),
    ('claim: a spent ghost stays', 'lib/take.lua', "will('HDEL', 'ghosts', id)", "will('HSET', 'ghosts', id, '0')"),
    ('claim: the sum of ghosts is not kept', 'lib/take.lua', "left[id] = dead - 1\n      count('ghosts', -1)", "left[id] = dead - 1"),
    ('claim: a job behind the dead in front is dead too', 'lib/dead.lua', "if dead <= 0 then", "if dead < 0 then"),
    ('claim: of an id in front all copies are dead', 'lib/dead.lua', "left[ids[i]], n = dead - 1, n + 1", "n = n + 1"),
    ('claim: takes held locks', 'lib/take.lua', "if holder and holder ~= id or not holder", "if not holder"),
    ('claim: forgets locks taken in the batch', 'lib/take.lua', "local holder = taken[resource] or holders[k]", "local holder = holders[k]"),
    ('claim: its next holder has to wait', 'lib/take.lua', "if holder and holder ~= id or", "if holder or"),
    ('claim: takes no lock', 'lib/take.lua', "will('HSET', 'locks', resource, id)", ""),
    ('claim: a copy of an active job is given', 'lib/take.lua', "elseif record and not held[i] and", "elseif record and"),
    ('claim: no place in line', 'lib/take.lua', "place = place + 1", "place = place"),
    ('claim: last come, first served', 'lib/take.lua', "place = place + 1", "place = place - 1"),
    ('claim: the line forgets how long it is', 'lib/take.lua', "will('SET', 'blockseq', text(place))", ""),
    ('claim: who waits is not noted', 'lib/take.lua', "will('ZADD', 'blocked', text(now), id)", ""),
    ('claim: pending before reserved', 'lib/take.lua', "ipairs({'reserved', 'pending'})", "ipairs({'pending', 'reserved'})"),
    ('claim: never looks at reserved', 'lib/take.lua', "ipairs({'reserved', 'pending'})", "ipairs({'pending'})"),
    ('claim: reserved goes back to the wrong end', 'lib/reserved.lua', "call('RPUSH', P .. 'pending', unpack(newest))",
     "call('LPUSH', P .. 'pending', unpack(newest))"),
    ('claim: the same seq takes more', 'claim.lua', "seq == last_seq and claimed_before", "false and claimed_before"),
    ('claim: an old seq takes jobs', 'claim.lua', "last_seq and tonumber(seq) <= tonumber(last_seq)", "seq == last_seq"),
    ('claim: an empty answer is not remembered', 'claim.lua', "remember(token, given)", "if #given > 0 then remember(token, given) end"),
    ('claim: repeated without renewing', 'lib/take.lua', "will('ZADD', 'leases', text(now), id)", ""),
    ('claim: repeated whoever holds it now', 'lib/take.lua', "if a and a.token == token and records[i] then", "if a and records[i] then"),
    ('claim: closed workers go on', 'claim.lua', "if last == 'closed' then", "if false then"),
    ('claim: does not see the pause', 'claim.lua', "call('EXISTS', P .. 'paused') == 1", "false"),
    ('token: from the clock alone', 'lib/token.lua', "math.max(now_us, last + 1)", "now_us"),
    ('token: not stored', 'lib/token.lua', "call('SET', P .. 'fence', token)", ""),
    ('token: of those that run, where the last is lost', 'lib/token.lua', "math.max(now_us + 3600000000, largest_running())", "now_us + 3600000000"),
    ('epoch: by no more than is known', 'epoch.lua', " + 60000000", ""),
    ('epoch: whatever a worker has seen', 'epoch.lua', " and seen <= last", ""),
    ('epoch: what a worker has seen is not counted', 'epoch.lua', "now_us, last, seen", "now_us, last"),
    ('epoch: whichever Redis it is', 'epoch.lua', "call('GET', P .. 'run') == ARGV[1] and ", ""),
    ('epoch: the Redis is not remembered', 'epoch.lua', "call('SET', P .. 'run', ARGV[1])", ""),
    ('epoch: below those that run', 'epoch.lua', "last_token() or largest_running()", "last_token() or 0"),
    ('epoch: again and again', 'epoch.lua', "if call('GET', P .. 'run') == ARGV[1] and seen <= last then", "if false then"),
    ('pause: jobs start', 'pause.lua', "redis.call('SET', KEYS[1] .. 'paused', '1')", ""),
    ('resume: the pause stays', 'resume.lua', "redis.call('DEL', KEYS[1] .. 'paused')", ""),
    ('claim: its time is not said beside a token that is none', 'claim.lua', "'@' .. text(now) .. ' '", "' '"),
    ('heartbeat: forgets the time of the claim', 'heartbeat.lua', "' 1' .. a.claimed .. ' '", "' 1 '"),
    # attempts
    ('finish: any token will do', 'lib/ours.lua', "a.token == args[i + 1] and", ""),
    ('finish: one job twice in a batch', 'lib/ours.lua', "and not seen[id] then", "then"),
    ('finish: the same seq is done again', 'lib/memory.lua', "tonumber(seq) > tonumber(last_seq)", "tonumber(seq) >= tonumber(last_seq)"),
    ('finish: an old seq is remembered', 'lib/memory.lua', "tonumber(seq) > tonumber(last_seq)", "seq ~= last_seq"),
    ('finish: not remembered', 'finish.lua', "remember(worker, seq, rows)", ""),
    ('finish: stays active', 'lib/leave.lua', "call('HDEL', P .. 'active', unpack(ids))", ""),
    ('finish: its mark stays', 'lib/leave.lua', "call('ZREM', P .. 'leases', unpack(ids))", ""),
    ('finish: its flag stays', 'lib/leave.lua', "call('HDEL', P .. 'cancels', unpack(flagged))", ""),
    ('finish: a success keeps its lock', 'finish.lua', "will_free(resource, id)", ""),
    ('finish: a success is kept though deleted', 'finish.lua', " or flags[k] == 'delete'", ""),
    ('finish: kept under pressure', 'finish.lua', "t.keep <= 0 or pressed", "t.keep <= 0"),
    ('finish: keep 0 is kept', 'finish.lua', "t.keep <= 0 or pressed", "pressed"),
    ('finish: errors stay beside', 'lib/kept.lua', "will('HDEL', 'errors', id)", ""),
    ('finish: errors are not in the outcome', 'lib/kept.lua', "errors and sub(said, 1, -3) .. readable(errors) .. ']}' or said", "said"),
    ('lock: whoever asks frees it', 'lib/lock.lua', "if holders[i] == freed_by[i] then", "if true then"),
    ('lock: nobody is next', 'lib/heirs.lua', "someone_waits and first_in_line(resource)", "false"),
    ('lock: the heir stays in blocked', 'lib/heirs.lua', "call('ZREM', P .. 'blocked', popped[1]) == 1", "true"),
    ('lock: the heir does not hold it', 'lib/heirs.lua', "call('HSET', P .. 'locks', unpack(taken))", ""),
    ('lock: the heir goes to the end', 'lib/heirs.lua', "call('RPUSH', P .. 'pending', unpack(heirs))", ""),
    ('lock: open ones stay locked', 'lib/heirs.lua', "call('HDEL', P .. 'locks', unpack(open))", ""),
    ('lock: the last in line is next', 'lib/heirs.lua', "'ZPOPMIN'", "'ZPOPMAX'"),
    # the short ways
    ('plain claim: takes what is held', 'lib/plain_claim.lua', "elseif by ~= id then", "elseif false then"),
    ('plain claim: its next holder has to wait', 'lib/plain_claim.lua', "elseif by ~= id then", "else"),
    ('plain claim: two of one resource', 'lib/plain_claim.lua', "holder[resource] or holders[k]", "holders[k]"),
    ('plain claim: who waits is given', 'lib/plain_claim.lua', "if waits[next_wait] == i then", "if false then"),
    ('plain claim: who waits is in no line', 'lib/plain_claim.lua', "redis.pcall('ZADD', P .. 'blocked:' .. resource, unpack(line))", ""),
    ('plain claim: who waits is not noted', 'lib/plain_claim.lua', "call('ZADD', P .. 'blocked', unpack(everyone))", ""),
    ('plain claim: no place in line', 'lib/plain_claim.lua', "place, seen[id] = place + 1, true", "seen[id] = true"),
    ('plain claim: last come, first served', 'lib/plain_claim.lua', "place, seen[id] = place + 1, true", "place, seen[id] = place - 1, true"),
    ('plain claim: the line forgets how long it is', 'lib/plain_claim.lua', "call('SET', P .. 'blockseq', text(place))", ""),
    ('plain claim: only the first of a batch stands in line', 'lib/plain_claim.lua', "line[#line + 1], line[#line + 2] = string.format('%d', place), id", ""),
    ('plain claim: takes no lock', 'lib/plain_claim.lua', "call('HSET', P .. 'locks', unpack(locks))", ""),
    ('plain claim: forgets the resource', 'lib/plain_claim.lua', "resource and stub .. resource or stub", "stub"),
    ('plain claim: a copy of an active job is given', 'lib/plain_claim.lua', "if not record or held[i] then", "if not record then"),
    ('plain claim: does not see the pause', 'lib/plain_claim.lua', "call('EXISTS', P .. 'paused', P .. 'ghosts')", "call('EXISTS', P .. 'ghosts')"),
    ('plain claim: dead copies are taken for jobs', 'lib/plain_claim.lua', "call('EXISTS', P .. 'paused', P .. 'ghosts')", "call('EXISTS', P .. 'paused')"),
    ('plain claim: pending before reserved', 'lib/plain_claim.lua', "ipairs({'reserved', 'pending'})", "ipairs({'pending', 'reserved'})"),
    ('plain claim: never looks at reserved', 'lib/plain_claim.lua', "ipairs({'reserved', 'pending'})", "ipairs({'pending'})"),
    ('plain claim: what it could not give is forgotten', 'claim.lua', "take(taken, n + dead)", "taken = {}\n  take(taken, n + dead)"),
    ('plain claim: the same seq takes more', 'lib/plain_claim.lua', "tonumber(seq) <= tonumber(last_seq)", "tonumber(seq) < tonumber(last_seq)"),
    ('plain claim: an old seq takes jobs', 'lib/plain_claim.lua', "tonumber(seq) <= tonumber(last_seq)", "seq == last_seq"),
    ('plain claim: closed workers go on', 'lib/plain_claim.lua', "last and not last_seq or ", ""),
    ('plain claim: not remembered', 'lib/plain_claim.lua', "call('HSET', P .. 'claims', worker, seq .. '\\n' .. token .. '\\n' .. table.concat(ids, '\\n'))", ""),
    ('plain claim: an empty answer is not remembered', 'lib/plain_claim.lua', "call('HSET', P .. 'claims', worker, seq .. '\\n0\\n')", ""),
    ('plain claim: token from the clock alone', 'lib/plain_claim.lua', "if last < tonumber(now_us) then", "if true then"),
    ('plain claim: token not stored', 'lib/plain_claim.lua', "call('SET', P .. 'fence', token)", ""),
    ('plain claim: its time is not said', 'lib/plain_claim.lua', "text(last + 1), '@' .. now .. ' ', now", "text(last + 1), ' ', now"),
    ('plain finish: one job twice in a batch', 'lib/plain_finish.lua', "if went == #ids then", "if true then"),
    ('plain finish: not remembered', 'lib/plain_finish.lua', "call('HSET', P .. 'fins', worker, seq .. ' ' .. table.concat(answer, ' '))", ""),
    ('plain finish: stays active', 'lib/plain_finish.lua', "local went = call('HDEL', P .. 'active', unpack(ids))", "local went = #ids"),
    ('plain finish: its mark stays', 'lib/plain_finish.lua', ", leases = 'ZCARD'}", "}"),
    ('plain finish: its flag stays', 'lib/plain_finish.lua', "cancels = 'HLEN', ", ""),
    ('plain finish: leaves errors', 'lib/plain_finish.lua', "errors = 'HLEN', ", ""),
    ('plain finish: leaves parameters', 'lib/plain_finish.lua', "params = 'HLEN', ", ""),
    ('plain finish: leaves logs', 'lib/plain_finish.lua', "side == 'logs' and n > 0", "false"),
    ('plain kept: kept under pressure', 'lib/plain_kept.lua', "P .. 'pressure', ", ""),
    ('plain kept: errors stay beside', 'lib/plain_kept.lua', "P .. 'errors', ", ""),
    ('plain kept: parameters are not counted', 'lib/plain_kept.lua', ", P .. 'params'", ""),
    ('plain kept: its mark stays', 'lib/plain_kept.lua', "call('ZREM', P .. 'leases', unpack(ids))", ""),
    ('plain kept: bytes are not counted', 'lib/plain_kept.lua', "redis.pcall('HINCRBY', P .. 'stats', 'kept_bytes', bytes)", ""),
    ('plain kept: in no place', 'lib/plain_kept.lua', "call('ZADD', P .. 'done', unpack(due))", ""),
    ('plain kept: without its outcome', 'lib/plain_kept.lua', "call('HSET', P .. 'outcomes', unpack(said))", ""),
    ('plain kept: an empty outcome', 'lib/plain_kept.lua', "said = own ~= '' and own or said", "said = own"),
    ('finish: an empty outcome', 'lib/spell_out.lua', "said = own ~= '' and own or said", "said = own"),
    ('plain finish: leaves the record', 'lib/plain_finish.lua', "call('HDEL', P .. 'jobs', unpack(ids))", ""),
    ('plain finish: keeps its lock', 'lib/plain_finish.lua', "call('HDEL', P .. 'locks', unpack(resources))", ""),
    ('plain finish: keeps a lock for which somebody waits', 'lib/plain_finish.lua', "pass_on(resources, true)", ""),
    ('plain finish: nobody is next', 'lib/plain_finish.lua', "plain_lines(resources)", "false"),
    ('plain finish: a resource twice has two heirs', 'lib/plain_finish.lua', "holders[i] ~= by[i] or seen[resources[i]] then", "holders[i] ~= by[i] then"),
    ('plain claim: a lost lock is taken', 'lib/plain_claim.lua', "not plain_lines(unheld)", "true"),
    ('plain submit: what is known is made anew', 'lib/plain_new.lua', "if known[i] then", "if false then"),
    ('plain submit: one id twice in a batch', 'lib/plain_new.lua', "if seen[id] then", "if false then"),
    ('plain submit: an outcome stays', 'lib/plain_new.lua', "call('HDEL', P .. 'outcomes', unpack(ids))", ""),
    ('plain submit: not queued', 'lib/plain_new.lua', "call('LPUSH', P .. 'pending', unpack(ids))", ""),
    ('plain submit: in the wrong order', 'lib/plain_new.lua', "'LPUSH'", "'RPUSH'"),
    ('plain intake: takes whatever is there', 'lib/plain_intake.lua', "if list[n + 1 - i] ~= ARGV[3 + i] then", "if false then"),
    ('plain intake: leaves what it took', 'lib/plain_intake.lua', "call('LTRIM', KEYS[2], 0, -1 - n)", ""),
    ('plain intake: takes one too many', 'lib/plain_intake.lua', "-1 - n)", "-2 - n)"),
    ('plain intake: takes what is not plain for it', 'lib/plain_intake.lua', "#ARGV == 3 + 3 * n and", ""),
    # how a failed attempt ends
    ('settle: gone but locked', 'lib/settle.lua', "local function will_go(job)\n  will_free(job.resource, job.id)", "local function will_go(job)"),
    ('settle: failed but locked', 'lib/settle.lua', "errors)\n  will_free(job.resource, job.id)\n  will_forget", "errors)\n  will_forget"),
    ('settle: cancelled but locked', 'lib/settle.lua', "  end\n  will_free(job.resource, job.id)\n  local said", "  end\n  local said"),
    ('settle: waits for its retry with the lock', 'lib/settle.lua', "u)\n  will_free(job.resource, job.id)\n  count", "u)\n  count"),
    ('settle: a flag is not seen', 'lib/settle.lua', "if job.flag or job.kind", "if job.kind"),
    ('settle: a delete becomes a cancel', 'lib/settle.lua', "if job.flag == 'delete' or keep", "if keep"),
    ('settle: cancelled is kept though the job says otherwise', 'lib/settle.lua', "job.record and own_keep(job.record) or job.keep", "job.keep"),
    ('settle: cancelled is kept under pressure', 'lib/settle.lua', " or call('EXISTS', P .. 'pressure') == 1", ""),
    ('settle: attempts are not counted', 'lib/settle.lua', "r.attempts = r.attempts + 1", ""),
    ('settle: crashes are not counted', 'lib/settle.lua', "r.crashes = r.crashes + 1", ""),
    ('settle: the record keeps its numbers', 'lib/settle.lua', "  if r and started then\n    will('HSET', 'jobs', job.id, join_record(r))\n  end\n  if not r", "  if not r"),
    ('settle: a cancelled attempt is not counted', 'lib/settle.lua', "    if r and started then\n      will('HSET', 'jobs', job.id, join_record(r))\n    end\n", ""),
    ('settle: retries do not end', 'lib/settle.lua', "r.attempts - r.since > job.retries or ", ""),
    ('settle: one retry too many', 'lib/settle.lua', "r.attempts - r.since > job.retries", "r.attempts - r.since > job.retries + 1"),
    ('settle: the budget does not start again', 'lib/settle.lua', "r.attempts - r.since > job.retries", "r.attempts > job.retries"),
    ('settle: no crash limit', 'lib/settle.lua', " or r.crashes >= job.crash_limit then", " then"),
    ('settle: an unknown task is tried again', 'lib/settle.lua', "kFinal[job.kind] or ", ""),
    ('settle: a corrupt record is cut', 'lib/settle.lua', "if not r or kFinal", "if kFinal"),
    ('settle: errors stay beside', 'lib/settle.lua', "will('HDEL', 'errors', job.id)", ""),
    ('settle: errors are forgotten', 'lib/settle.lua', "will('HSET', 'errors', job.id, errors)", ""),
    ('settle: cancelled without its errors', 'lib/settle.lua', "job.times, job.errors or '')", "job.times, '')"),
    ('settle: written after it is gone', 'lib/settle.lua', "write_plan()\n  drop(gone)", "drop(gone)\n  write_plan()"),
    ('record: counters are not read', 'lib/record.lua', "r[name] = r[name] or 0", "r[name] = 0"),
    ('record: counters stand there twice', 'lib/record.lua', "string.gsub(r.words, ' ' .. name .. '=%d+', '')", "r.words"),
    ('record: other words are lost', 'lib/record.lua', "counters .. r.words .. r.params", "counters .. r.params"),
    ('record: parameters are lost', 'lib/record.lua', "r.words .. r.params", "r.words"),
    ('record: what is no word is cut', 'lib/record.lua', "if not name or number and", "if number and"),
    ('errors: all are kept', 'lib/outcome.lua', "if #starts >= 10 then", "if false then"),
    ('errors: the first is dropped', 'lib/outcome.lua', "sub(errors, 1, starts[2] - 1) .. ", "sub(errors, starts[#starts - 8], starts[#starts - 7] - 1) .. "),
    ('errors: the outcome loses them', 'lib/outcome.lua', "return errors .. ',\\n' .. new", "return new"),
    ('drop: leaves parameters', 'lib/drop.lua', "{'params', 'errors', 'outcomes'}", "{'errors', 'outcomes'}"),
    ('drop: leaves errors', 'lib/drop.lua', "{'params', 'errors', 'outcomes'}", "{'params', 'outcomes'}"),
    ('drop: leaves outcomes', 'lib/drop.lua', "{'params', 'errors', 'outcomes'}", "{'params', 'errors'}"),
    ('drop: leaves log lines', 'lib/drop.lua', "call('DEL', unpack(lists))", ""),
    ('drop: leaves logs', 'lib/drop.lua', "call('HDEL', P .. 'logs', unpack(named))", ""),
    ('drop: leaves the record', 'lib/drop.lua', "call('HDEL', P .. 'jobs', unpack(ids))", ""),
    ('kept: bytes are not counted', 'lib/kept.lua', "kept_bytes = kept_bytes + #said", ""),
    ('kept: parameters are not counted', 'lib/kept.lua', "kept_bytes + bytes_in('params', kept_ids)", "kept_bytes"),
    ('kept: bytes are not given back', 'lib/kept.lua', "count('kept_bytes', -bytes_in('outcomes', ids) - bytes_in('params', ids))", ""),
    ('kept: trimmed without being dropped', 'lib/kept.lua', "  drop(ids)\n", ""),
    # giving back
    ('release: the lock goes to the next', 'lib/give_back.lua', "back[#back + 1] = job.id\n", "back[#back + 1] = job.id\n  will_free(job.resource, job.id)\n"),
    ('release: to the end of the line', 'lib/give_back.lua', "call('RPUSH', P .. 'pending', unpack(reversed))", "call('LPUSH', P .. 'pending', unpack(reversed))"),
    ('release: waits with the lock', 'lib/give_back.lua', "if delay > 0 then\n    will_free(job.resource, job.id)", "if delay > 0 then"),
    ('release: a flag is not seen', 'lib/give_back.lua', "if job.flag then", "if false then"),
    ('release: losses are not counted', 'lib/give_back.lua', "r.losses = r.losses + 1", ""),
    ('release: losses do not end', 'lib/give_back.lua', "r.losses + 1 >= kMaxLosses", "false"),
    ('release: a loss of a corrupt record', 'lib/give_back.lua', "if not r or r.losses", "if r.losses"),
    ('close: the worker may go on', 'close.lua', "call('HSET', P .. 'claims', worker, 'closed')", ""),
    ('close: gives back what has started', 'close.lua', "if not held[k].started then", "if true then"),
    ('close: gives nothing back', 'close.lua', "if not held[k].started then", "if false then"),
    # renewing and sweeping
    ('heartbeat: no mark', 'heartbeat.lua', "call('ZADD', P .. 'leases', unpack(renewed))", ""),
    ('heartbeat: the start is not noted', 'heartbeat.lua', "ARGV[at[k] + 2] == '1' and not", "false and not"),
    ('heartbeat: limits are not noted', 'heartbeat.lua', "limits = match(limits, '^%d+ %d+ %d+ %-?%d+$') or old", "limits = old"),
    ('heartbeat: cancel is not told', 'heartbeat.lua', "if flags[k] then", "if false then"),
    ('sweep: the value may have changed', 'sweep.lua', "values[i] and values[i] == ARGV[3 * i + 1]", "values[i]"),
    ('sweep: the mark may have changed', 'sweep.lua', "same_mark(marks[i], ARGV[3 * i + 2])", "true"),
    ('sweep: what never started counts', 'sweep.lua', "started and settle", "true and settle"),
    ('sweep: what started does not count', 'sweep.lua', "started and settle", "false and settle"),
    ('sweep: one job twice in a batch', 'sweep.lua', " and not seen[id] then", " then"),
    ('log: a line is written twice', 'log.lua', "math.max(0, seen - first + 1)", "0"),
    ('log: the lines of another attempt are skipped', 'log.lua', "its_token == token and tonumber(seen) or 0", "tonumber(seen) or 0"),
    ('log: any token will do', 'log.lua', "'^%d+') ~= token", "'^%d+') == nil"),
    # waiting
    ('promote: leaves it scheduled', 'promote.lua', "call('ZREM', P .. 'scheduled', unpack(due))", ""),
    ('promote: all of them', 'promote.lua', "'-inf', text(now), 'LIMIT'", "'-inf', '+inf', 'LIMIT'"),
    ('promote: lost', 'promote.lua', "call('LPUSH', P .. 'pending', unpack(due))", ""),
    ('expire: leaves it in done', 'expire.lua', "call('ZREM', P .. 'done', unpack(over))", ""),
    ('expire: bytes are not given back', 'expire.lua', "  unweigh(over)\n", ""),
    # submitting
    ('submit: a known id is queued again', 'submit.lua', "if records[i] or first[id] then", "if first[id] then"),
    ('submit: one id twice in a batch', 'submit.lua', "  else\n    first[id] = i", "  else"),
    ('submit: the nonce is not looked at', 'submit.lua', "if its_nonce == nonce then", "if false then"),
    ('submit: other content is not seen', 'submit.lua', "elseif not is_same(records[i]", "elseif false and not is_same(records[i]"),
    ('submit: again also what has not ended', 'submit.lua', "again and (place == 'done' or place == 'failed')", "again"),
    ('submit: without being asked', 'submit.lua', "again and (place", "(place"),
    ('submit: again leaves it where it was', 'submit.lua', "will('ZREM', place, id)", ""),
    ('submit: again with old side tables', 'submit.lua', "drop(rerun)", ""),
    ('submit: again keeps the bytes', 'submit.lua', "unweigh(rerun_done)", ""),
    ('submit: parameters are not compared', 'lib/enqueue.lua', "or task_a ~= task_b or params_a ~= params_b then", "or task_a ~= task_b then"),
    ('submit: large parameters are not compared', 'lib/enqueue.lua', "return params_a ~= nil or stored()", "return true"),
    ('submit: the task is not compared', 'lib/enqueue.lua', "or task_a ~= task_b", ""),
    ('submit: the resource is not compared', 'lib/enqueue.lua', "or resource_a ~= resource_b", ""),
    ('submit: large parameters are lost', 'lib/enqueue.lua', "will('HSET', 'params', id, params)", ""),
    ('submit: a rejected outcome stays', 'lib/enqueue.lua', "call('HDEL', P .. 'outcomes', unpack(new_ids))", ""),
    ('submit: starts before it is due', 'lib/enqueue.lua', "if at > now then", "if false then"),
    ('submit: in the wrong order', 'lib/enqueue.lua', "call('LPUSH', P .. 'pending', unpack(new_pending))", "call('RPUSH', P .. 'pending', unpack(new_pending))"),
    ('intake: takes whatever is there', 'intake.lua', "if stands ~= raw then", "if false then"),
    ('intake: refuses as too large whatever is there', 'intake.lua', "#stands > #raw and sub(stands, 1, #raw)", "raw"),
    ('intake: the same call takes the next', 'intake.lua', "if its_nonce == nonce then", "if false then"),
    ('intake: leaves what it took', 'intake.lua', "call('LTRIM', KEYS[2], 0, -taken - 1)", ""),
    ('intake: a known id is queued again', 'intake.lua', "elseif twin or records[i] then", "elseif twin then"),
    ('intake: one id twice in a batch', 'intake.lua', "local twin = first[id]", "local twin = nil"),
    ('intake: a refusal hides a job', 'lib/reject.lua', "if id ~= '' and not is_a_job then", "if id ~= '' then"),
    ('intake: dropped refusals leave outcomes', 'lib/refusal.lua', "call('HDEL', P .. 'outcomes', id)", ""),
    ('intake: dropped refusals take whatever outcome', 'lib/refusal.lua', "if match(said, '^{\"state\":\"rejected\"') and sub(said, -#its_end) == its_end then", "if true then"),
    ('intake: dropped refusals take a later one\'s outcome', 'lib/refusal.lua', " and sub(said, -#its_end) == its_end then", " then"),
    # steering
    ('delete: no ghost', 'lib/withdraw.lua', "buried[#buried + 1] = id\n", ""),
    ('delete: ghosts are not added up', 'lib/withdraw.lua', "(tonumber(counts[i] or 0) or 0) + 1", "1"),
    ('delete: the next holder keeps the lock', 'lib/withdraw.lua', "    will_free(resource, id)\n", ""),
    ('delete: stays blocked', 'lib/withdraw.lua', "will('ZREM', 'blocked', id)", ""),
    ('delete: stays in line', 'lib/withdraw.lua', "leave_line[#leave_line + 1] = {resource, id}", ""),
    ('delete: stays where it was', 'lib/withdraw.lua', "will('ZREM', place, id)", ""),
    ('delete: one id twice in a batch', 'lib/withdraw.lua', "if records[slot] and not seen[id] then", "if records[slot] then"),
    ('delete: wherever it is', 'lib/withdraw.lua', "expected == '' or expected == where[k]", "true"),
    ('delete: an active one goes at once', 'delete.lua', "if place ~= 'active' then", "if true then"),
    ('delete: an active one without force', 'delete.lua', "elseif force then", "else"),
    ('delete: bytes are not given back', 'delete.lua', "unweigh(kept_ids)", ""),
    ('forget: with its jobs', 'forget.lua', "{'jobs', held()}, ", ""),
    ('forget: with its inbox', 'forget.lua', "{'inbox', sizes.inbox}, ", ""),
    ('forget: with what was rejected', 'forget.lua', "{'rejected', sizes.rejected}, ", ""),
    ('forget: though it is served', 'forget.lua', "{'workers', live_workers()}", ""),
    ('forget: dead copies are taken for jobs', 'forget.lua', " - (tonumber(call('HGET', P .. 'stats', 'ghosts') or 0) or 0)", ""),
    ('forget: its tokens begin anew', 'forget.lua', "local kAll = {'jobs',", "local kAll = {'jobs', 'fence',"),
    ('forget: though one only asks', 'forget.lua', "if ARGV[1] == '1' then", "if true then"),
    ('forget: dead copies stay', 'forget.lua', "'ghosts', 'cancels',", "'cancels',"),
    ('cancel: replaces a delete', 'lib/withdraw.lua', "if flag == 'delete' or call('HEXISTS', P .. 'cancels', id) == 0 then", "if true then"),
    ('cancel: what has ended', 'cancel.lua', "elseif place ~= 'failed' and place ~= 'done' then", "else"),
    ('cancel: an active one at once', 'cancel.lua', "if place == 'active' then", "if false then"),
    ('retry: what has not failed', 'retry.lua', "if place ~= 'failed' and place ~= 'done' or not find(states, ' ' .. place .. ' ', 1, true) then", "if false then"),
    ('retry: also what is done', 'retry.lua', " or not find(states, ' ' .. place .. ' ', 1, true) then", " then"),
    ('retry: old budgets', 'retry.lua', "r.since, r.crashes, r.losses = r.attempts, 0, 0", ""),
    ('retry: errors are forgotten', 'retry.lua', "will('HSET', 'errors', id, errors)", ""),
    ('retry: stays failed', 'retry.lua', "will('ZREM', place, id)", ""),
    ('retry: the outcome stays', 'retry.lua', "will('HDEL', 'outcomes', id)", ""),
    ('retry: bytes are not given back', 'retry.lua', "unweigh(kept_ids)", ""),
    ('mend: dead copies stand for jobs', 'lib/mend_place.lua', "return job.copies and job.copies - job.dead or 0", "return job.copies or 0"),
    ('mend: what runs must go', 'lib/mend_place.lua', "ipairs({'active', ended or 'pending', 'pending', 'blocked', 'scheduled',", "ipairs({ended or 'pending', 'pending', 'blocked', 'scheduled', 'active',"),
    ('mend: a surplus copy is not counted', 'lib/mend_place.lua', "set_dead(job, job.copies or job.dead)", ""),
    ('mend: nowhere stays nowhere', 'lib/mend_place.lua', "call('ZADD', P .. place, job[place], job.id)", ""),
    ('mend: rejected outcomes are taken out', 'lib/mend_beside.lua', " and not match(job.outcomes, '^{\"state\":\"rejected\"')", ""),
    ('mend: an active job gets no lock', 'lib/mend_beside.lua', "call('HSET', P .. 'locks', job.resource, job.id)", ""),
    ('mend: a waiter without a line', 'lib/mend_beside.lua', "call('ZADD', P .. line, '0', job.id)", ""),
    ('mend: a lease of nobody stays', 'lib/mend_beside.lua', "if job.place ~= 'active' and call('ZREM', P .. 'leases', job.id) == 1 then", "if false then"),
    ('mend: a flag of nobody stays', 'lib/mend_beside.lua', "if job.place ~= 'active' and job.cancels then", "if false then"),
    ('relock: takes it from who may hold it', 'relock.lua', "holder and not may_hold(holder, resource)", "holder"),
    ('relock: a lock of nobody stays', 'relock.lua', "holder and not may_hold(holder, resource)", "false"),
    ('relock: hands on what somebody runs with', 'lib/owner.lua', "if runner then", "if false then"),
    ('relock: the earliest has it', 'lib/owner.lua', "is_later(token, id, runners.token[resource], runners.id[resource])", "not runners.id[resource]"),
    ('claim: overtakes those who wait at a lost lock', 'lib/take.lua', " or not holder and lines_are_left and is_awaited(resource, id) then", " then"),
    ('heartbeat: a lost lock stays lost', 'lib/hold.lua', "will('HSET', 'locks', resource, id)", ""),
    ('heartbeat: the earlier takes it back', 'lib/hold.lua', "if holder ~= id and later_holder(resource, holder, id, held[k].token) then", "if false then"),
    ('heartbeat: the later gives way', 'lib/later.lua', "return token > than_token", "return token < than_token"),
    ('heartbeat: renewed though it is taken', 'heartbeat.lua', "if words[k] ~= 'taken' then", "if true then"),
    ('where: active is not looked up', 'lib/place.lua', "values[i] and 'active' or 'pending'", "'pending'"),
]


def mutated(files, path, text, replacement):
    count = files[path].count(text)
    if count != 1:
        raise SystemExit('%s holds %d times: %s' % (path, count, text))
    return dict(files, **{path: files[path].replace(text, replacement)})


def try_one(args):
    """(name, steps, what was wrong, seconds, the episode in which it was)"""
    (name, path, text, replacement), seed, known, simulate = args
    start, files, wrong = time.time(), mutated(scripts.sources(), path, text, replacement), None
    try:
        if known is not None:
            steps, _, wrong = simulate(seed, known, 1, 1, files)
        if not wrong:
            steps, _, wrong = simulate(seed, 0, 1, STEPS, files)
    except scripts.ScriptError as e:
        return name, 0, 'does not compile: %s' % e, time.time() - start, None
    except (KeyError, IndexError, ValueError) as e:  # the world cannot make sense of it
        return name, 0, 'exception %r' % e, time.time() - start, None
    return name, steps, wrong and wrong[1][0][0], time.time() - start, wrong and wrong[0]


def known_episodes(seed):
    """Where a mutant was found before is looked first: nearly all of a search is episodes that find nothing."""
    known = json.loads(EPISODES.read_text()) if EPISODES.exists() else {}
    return known.get('found', {}) if known.get('seed') == seed else {}


def run(options, simulate):
    files = scripts.sources()
    chosen = [m for m in MUTANTS if not options.only or options.only in m[0]]
    for _, path, text, replacement in chosen:
        mutated(files, path, text, replacement)
    print('seed %d: %d mutants, at most %d steps each' % (options.seed, len(chosen), STEPS), flush=True)
    survivors, known = [], known_episodes(options.seed)
    found = dict(known) if options.only else {}  # a run of some forgets nothing of the others
    with multiprocessing.Pool(options.jobs) as pool:
        for name, steps, what, seconds, episode in pool.imap(try_one, [(m, options.seed, known.get(m[0]), simulate) for m in chosen]):
            found.update({name: episode} if episode is not None else {})
            bad = what is None or what.startswith('does not')
            print('  %-8s %6d steps %5.1f s  %s (%s)' % ('SURVIVES' if bad else 'found', steps, seconds, name, what), flush=True)
            survivors += [name] if bad else []
    if options.remember:
        EPISODES.write_text(json.dumps({'seed': options.seed, 'found': dict(sorted(found.items()))}, indent=0) + '\n')
    print('survivors: %d' % len(survivors))
    return 1 if survivors else 0
