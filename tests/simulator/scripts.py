"""The real Lua files, put together exactly as scripts/cmake/EmbedLua.cmake does it, a private redis-server to run them on, and a
small client: redis-py takes longer to speak than Redis to answer."""
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

import redis

LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../common/queue/lua')
# The simulator's clock in place of Redis': the key `simulated_us`.
TIME = "redis.call('TIME')"
STEERED_TIME = ("(function() local us = tonumber(redis.call('GET', 'simulated_us')) "
                "return {math.floor(us / 1000000), us % 1000000} end)()")


def sources():
    """path below lua/ -> text"""
    found = {}
    for folder in ('', 'lib/'):
        for name in sorted(os.listdir(os.path.join(LUA, folder))):
            if name.endswith('.lua'):
                with open(os.path.join(LUA, folder, name)) as f:
                    found[folder + name] = f.read()
    return found


def assemble(name, files):
    body = files[name + '.lua']
    flags = re.search(r'-- Flags: ([a-z,-]+)', body)
    uses = re.search(r'-- Uses: ([a-z_, ]+)', body)
    text = ''
    if uses:
        text = ''.join(files['lib/%s.lua' % u] for u in re.split('[, ]+', uses.group(1)))
    text = '\n' + text + body
    text = re.sub(r'\n[ ]*--[^\n]*', '', text)
    text = re.sub(r'\n[ ]+', '\n', text)
    text = re.sub(r'\n\n+', '\n', text)
    text = re.sub(r'^\n', '', text)
    return ('#!lua flags=%s\n' % flags.group(1) if flags else '#!lua\n') + text


def names(files):
    return [path[:-4] for path in files if '/' not in path]


class Server:
    """redis-server on a Unix socket in a folder of its own; gone with the `with`."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='stint-simulator-')
        self.socket = self.dir + '/redis.sock'
        self.process = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', 'redis-server', '--port', '0', '--unixsocket', self.socket, '--save', '', '--appendonly', 'no',
             '--dir', self.dir], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.redis = redis.Redis(unix_socket_path=self.socket)
        for _ in range(500):
            try:
                self.redis.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.01)
        raise SystemExit('redis-server did not start')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def short(value):
    text = json.dumps(value)
    return text if len(text) < 300 else text[:300] + '...'


class ScriptError(Exception):
    pass


class Client:
    """Texts in, texts out."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.reader = self.socket.makefile('rb')

    def __call__(self, *args):
        words = [str(a).encode('utf-8', 'surrogateescape') for a in args]
        self.socket.sendall(b'*%d\r\n' % len(words) + b''.join(b'$%d\r\n%s\r\n' % (len(w), w) for w in words))
        return self._reply()

    def _reply(self):
        line = self.reader.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b'$':
            n = int(rest)
            return None if n < 0 else self.reader.read(n + 2)[:-2].decode('utf-8', 'surrogateescape')
        if kind == b'*':
            return None if rest == b'-1' else [self._reply() for _ in range(int(rest))]
        if kind == b':':
            return int(rest)
        if kind == b'-':
            raise ScriptError(rest.decode())
        return rest.decode()
