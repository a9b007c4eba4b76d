#!/usr/bin/python3
"""A proxy between the programs and Redis that can lose a connection at any byte, in either direction. One process for all hosts:
    proxy.py REDIS_SOCKET JOURNAL NAME=LISTENING_SOCKET...     and on stdin a JSON object a line, an order:

{"op":"cut","on":NAME,"nth":N,"way":"up"|"down","after":BYTES}   the N-th connection (modulo) ends once so many bytes have passed
{"op":"hole","on":NAME,"nth":N,"way":"up"|"down"|"both","s":S,"then":"cut"|"go"}   nothing passes, nobody is told (half-open)
{"op":"delay","on":NAME,"ms":M,"s":S}     every byte is late
{"op":"part","on":NAME,"s":S,"hard":0|1}  all connections hang (or with hard: are cut and refused)
{"op":"heal"}                             from now on nothing happens

The journal has a line for each connection that was cut: its NAME and when, CLOCK_BOOTTIME.
"""
import collections
import json
import os
import select
import socket
import sys
import time

LIMIT = 1 << 20


class Way:
    """One direction of a connection: what has been read and not yet passed on."""

    def __init__(self, source, target):
        self.source, self.target, self.chunks, self.size = source, target, collections.deque(), 0
        self.held_until, self.cut_after, self.ended, self.full = 0, None, False, False

    def take(self, late):
        try:
            data = self.source.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b''
        if data:
            self.chunks.append((time.monotonic() + late, data))
            self.size += len(data)
        else:
            self.ended = True

    def due(self):
        """When there is something to do by the clock alone; None: never."""
        if self.chunks:
            return None if self.full else max(self.chunks[0][0], self.held_until)
        return self.held_until if self.ended else None

    def pass_on(self, now):
        """Returns False when the connection is over: its end was passed on, or the byte came at which it is to be cut."""
        self.full = False
        while self.chunks and max(self.chunks[0][0], self.held_until) <= now:
            at, data = self.chunks[0]
            piece = data if self.cut_after is None else data[:self.cut_after]
            try:
                sent = self.target.send(piece) if piece else 0
            except BlockingIOError:
                self.full = True
                return True
            except OSError:
                return False
            self.size -= sent
            if self.cut_after is not None:
                self.cut_after -= sent
                if self.cut_after <= 0:
                    return False
            if sent < len(data):
                self.chunks[0] = (at, data[sent:])
            else:
                self.chunks.popleft()
        return bool(self.chunks) or not self.ended or self.held_until > now


class Pair:
    def __init__(self, name, client, server):
        self.name, self.client, self.server, self.end_at = name, client, server, None
        self.up, self.down = Way(client, server), Way(server, client)
        self.ways = (self.up, self.down)


class Proxy:
    def __init__(self, target, journal, doors):
        self.target, self.pairs, self.listeners, self.orders = target, [], {}, b''
        self.journal = open(journal, 'a', buffering=1)
        self.late, self.parted = {}, {}
        for name, path in doors:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen(128)
            listener.setblocking(False)
            self.listeners[listener.fileno()] = (name, listener)

    def accept(self, name, listener):
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.socket(socket.AF_UNIX)
        server.setblocking(False)
        client.setblocking(False)
        until, hard = self.parted.get(name, (0, 0))
        try:
            if until > time.monotonic() and hard:
                raise OSError('parted')
            server.connect(self.target)
        except OSError:
            client.close()
            server.close()
            return
        pair = Pair(name, client, server)
        pair.up.held_until = pair.down.held_until = until
        self.pairs.append(pair)

    def end(self, pair):
        self.pairs.remove(pair)
        pair.client.close()
        pair.server.close()

    def take_orders(self):
        data = os.read(0, 65536)
        if not data:
            sys.exit(0)  # the runner is gone
        *lines, self.orders = (self.orders + data).split(b'\n')
        for line in lines:
            self.order(json.loads(line))

    def order(self, o):
        now, mine = time.monotonic(), [p for p in self.pairs if p.name == o.get('on')]
        pair = mine[o.get('nth', 0) % len(mine)] if mine else None
        if o['op'] == 'heal':
            self.late, self.parted = {}, {}
            for p in self.pairs:
                p.end_at = None
                for way in p.ways:
                    way.held_until, way.cut_after = 0, None
        elif o['op'] == 'delay':
            self.late[o['on']] = (now + o['s'], o['ms'] / 1000)
        elif o['op'] == 'part':
            self.parted[o['on']] = (now + o['s'], o['hard'])
            for p in mine:
                if o['hard']:
                    self.end(p)
                p.up.held_until = p.down.held_until = now + o['s']
        elif pair and o['op'] == 'cut':
            getattr(pair, o['way']).cut_after = o['after']
        elif pair and o['op'] == 'hole':
            for way in ('up', 'down') if o['way'] == 'both' else (o['way'],):
                getattr(pair, way).held_until = now + o['s']
            if o['then'] == 'cut':
                pair.end_at = now + o['s']

    def poll(self, now):
        """Waits for sockets and for the next moment at which held bytes may pass. Returns the descriptors that have something."""
        poller, wake = select.poll(), now + 1
        poller.register(0, select.POLLIN)
        for fd in self.listeners:
            poller.register(fd, select.POLLIN)
        for pair in self.pairs:
            for way, back in ((pair.up, pair.down), (pair.down, pair.up)):
                wants = (0 if way.ended or way.size > LIMIT else select.POLLIN) | (select.POLLOUT if back.full else 0)
                if wants:
                    poller.register(way.source, wants)
                due = way.due()
                wake = wake if due is None else min(wake, due)
            wake = wake if pair.end_at is None else min(wake, pair.end_at)
        return {fd for fd, _ in poller.poll(max(0, (wake - now) * 1000 + 0.5))}

    def turn(self):
        ready = self.poll(time.monotonic())
        if 0 in ready:
            self.take_orders()
        for pair in list(self.pairs):
            until, late = self.late.get(pair.name, (0, 0))
            for way in pair.ways:
                if way.source.fileno() in ready and not way.ended and way.size <= LIMIT:
                    way.take(late if until > time.monotonic() else 0)
            now = time.monotonic()
            if not all([way.pass_on(now) for way in pair.ways]) or (pair.end_at or now + 1) <= now:
                if (pair.end_at or now + 1) <= now or any(way.cut_after is not None and way.cut_after <= 0 for way in pair.ways):
                    self.journal.write(f'{pair.name} {time.clock_gettime(time.CLOCK_BOOTTIME)}\n')
                self.end(pair)
        for fd in ready & set(self.listeners):
            self.accept(*self.listeners[fd])


def main():
    proxy = Proxy(sys.argv[1], sys.argv[2], [door.split('=', 1) for door in sys.argv[3:]])
    print('ready', flush=True)
    while True:
        proxy.turn()


if __name__ == '__main__':
    main()
