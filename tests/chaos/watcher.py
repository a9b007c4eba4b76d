#!/usr/bin/python3
"""Watches for the moment at which the attempts of dead processes are settled, and at which this machine was late itself: a process
of its own, because a thread beside the auditor would measure the auditor.
    watcher.py REDIS_SOCKET JOURNAL          and on stdin a JSON object a line: {"n":N,"job":ID,"token":TOKEN}

The journal has a JSON object a line: {"settled":N,"t":SECONDS} once that job's attempt is not that one any more;
{"late":FROM,"t":TO} where a sleep of 4 ms ended more than 20 ms late, {"disk":FROM,"t":TO} where it took more than 20 ms to bring a
few bytes to the disk that Redis writes to. All times are CLOCK_BOOTTIME."""
import json
import os
import select
import sys
import threading
import time

import redis

from hosts import PREFIX, now
from redis_client import connect

TICK, LATE, DISK_EVERY = 0.004, 0.02, 0.1


class Watcher:
    def __init__(self, target, journal):
        self.journal, self.orders, self.watched = open(journal, 'a', buffering=1), b'', {}
        self.client = connect(target, 0.5, decode_responses=True)

    def say(self, **what):
        self.journal.write(json.dumps(what) + '\n')

    def take_orders(self):
        data = os.read(0, 65536)
        if not data:
            sys.exit(0)  # the runner is gone
        *lines, self.orders = (self.orders + data).split(b'\n')
        for line in lines:
            order = json.loads(line)
            self.watched[order['n']] = (order['job'], str(order['token']))

    def look(self):
        numbers = list(self.watched)
        try:
            values = self.client.hmget(PREFIX + 'active', *(self.watched[n][0] for n in numbers))
        except redis.RedisError:
            return
        at = now()
        for n, value in zip(numbers, values):
            if not value or value.split(' ')[0] != self.watched[n][1]:
                del self.watched[n]
                self.say(settled=n, t=at)

    def serve(self):
        while True:
            before = now()
            ready = select.select([0], [], [], TICK)[0]
            if now() - before > TICK + LATE:
                self.say(late=before, t=now())
            if ready:
                self.take_orders()
            if self.watched:
                self.look()

    def write_to_disk(self, path):
        """In a thread: a write to a disk gives the processor, and the interpreter, to others."""
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            time.sleep(DISK_EVERY)
            before = now()
            os.pwrite(fd, b'%020d' % int(before * 1e9), 0)
            os.fdatasync(fd)
            if now() - before > LATE:
                self.say(disk=before, t=now())


if __name__ == '__main__':
    watcher = Watcher(sys.argv[1], sys.argv[2])
    threading.Thread(target=watcher.write_to_disk, args=(sys.argv[2] + '.disk',), daemon=True).start()
    os.write(1, b'ready\n')
    watcher.serve()
