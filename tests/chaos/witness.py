#!/usr/bin/python3
"""The witness: every attempt tells it by a connection of its own when it begins, every 20 ms that it still runs, and when it
ends; all stamps are the task's own, taken on CLOCK_BOOTTIME before it speaks. It refuses a begin whose token is not above
every token seen for that job and that resource, as any system should that tasks write to.
    witness.py SOCKET JOURNAL

Messages (SOCK_SEQPACKET): `begin JOB RESOURCE TOKEN ATTEMPT HOST PID PPID NS` (answered `ok` or `refused`), `tick NS`, `end HOW NS`.
The journal has a JSON object a line: a begin at once, an end with the last stamp once the connection is closed. An attempt that
was killed has no end; its last tick is a moment at which it certainly ran, so what the journal shows as an overlap is one."""
import json
import os
import selectors
import socket
import sys
import time


class Attempt:
    def __init__(self, number, words):
        self.job, self.resource, self.token, self.attempt, self.host, self.pid, self.ppid = words[:7]
        self.number, self.begin = number, int(words[7]) / 1e9
        self.last, self.how, self.verdict = self.begin, 'gone', 'ok'

    def keys(self):
        return ['job:' + self.job] + (['resource:' + self.resource] if self.resource != '-' else [])


class Witness:
    def __init__(self, path, journal):
        self.selector, self.tokens, self.count = selectors.DefaultSelector(), {}, 0
        self.journal = open(journal, 'a', buffering=1)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(path)
        self.listener.listen(256)
        self.selector.register(self.listener, selectors.EVENT_READ)

    def say(self, event, a, **more):
        self.journal.write(json.dumps({'e': event, 'n': a.number, 'job': a.job, **more}) + '\n')

    def begin(self, connection, words):
        self.count += 1
        a, token = Attempt(self.count, words), int(words[2])
        if any(self.tokens.get(key, 0) >= token for key in a.keys()):
            a.verdict = 'refused'
        else:
            self.tokens.update(dict.fromkeys(a.keys(), token))
        connection.send(a.verdict.encode())
        self.say('begin', a, resource=a.resource, token=token, attempt=int(a.attempt), host=a.host, pid=int(a.pid), ppid=int(a.ppid),
                 t=a.begin, verdict=a.verdict)
        return a

    def hear(self, connection, attempt):
        try:
            words = connection.recv(1024).decode().split()
        except OSError:
            words = []
        if not words:
            self.selector.unregister(connection)
            connection.close()
            if attempt:
                self.say('end', attempt, last=attempt.last, how=attempt.how, heard=time.clock_gettime(time.CLOCK_BOOTTIME))
        elif words[0] == 'begin':
            try:
                attempt = self.begin(connection, words[1:])
            except OSError:
                pass
            self.selector.modify(connection, selectors.EVENT_READ, attempt)
        elif attempt:
            attempt.last = max(attempt.last, int(words[-1]) / 1e9)
            attempt.how = words[1] if words[0] == 'end' else attempt.how

    def serve(self):
        while True:
            for key, _ in self.selector.select(1):
                if key.fileobj is self.listener:
                    connection, _ = self.listener.accept()
                    self.selector.register(connection, selectors.EVENT_READ, None)
                else:
                    self.hear(key.fileobj, key.data)


if __name__ == '__main__':
    witness = Witness(sys.argv[1], sys.argv[2])
    os.write(1, b'ready\n')
    witness.serve()
