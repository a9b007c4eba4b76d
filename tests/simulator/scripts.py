"""The real Lua files, put together exactly as scripts/cmake/EmbedLua.cmake does it, and a private redis-server to run them on."""
import atexit
import os
import re
import shutil
import subprocess
import tempfile
import time

import redis

LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../common/queue/lua')


def read(path):
    with open(os.path.join(LUA, path)) as f:
        return f.read()


def sources():
    """path below lua/ -> text"""
    found = {}
    for folder in ('', 'lib/'):
        for name in sorted(os.listdir(os.path.join(LUA, folder))):
            if name.endswith('.lua'):
                found[folder + name] = read(folder + name)
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
    """redis-server on a Unix socket in a folder of its own; gone with the program."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='stint-simulator-')
        self.socket = self.dir + '/redis.sock'
        self.process = subprocess.Popen(
            ['redis-server', '--port', '0', '--unixsocket', self.socket, '--save', '', '--appendonly', 'no', '--dir', self.dir],
            stdout=subprocess.DEVNULL)
        atexit.register(self.stop)
        self.redis = redis.Redis(unix_socket_path=self.socket)
        for _ in range(500):
            try:
                self.redis.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.01)
        raise SystemExit('redis-server did not start')

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
