"""The processes under test: one redis-server and two stintd ("hosts"), started, killed, stopped and continued by the runner, and
what /proc says of them. Everything here is a child of the runner, which is also who orphaned workers fall to."""
import ctypes
import os
import pathlib
import signal
import subprocess
import time

import redis

from redis_client import connect

PR_SET_CHILD_SUBREAPER = 36
PREFIX = 'stint:{default}:'


def now():
    """Seconds on the clock that the tasks stamp with."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def adopt_orphans():
    """A worker whose supervisor was killed becomes our child: it can be found and ended."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), 'prctl')


def children(pid):
    try:
        return [int(p) for p in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()]
    except OSError:
        return []


def name_of(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/comm').read_text().strip()
    except OSError:
        return ''


def send(pid, number):
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


class Process:
    """A program of ours in a process group of its own, so that Ctrl-C reaches the runner alone. It dies with the runner."""

    def __init__(self, folder, name):
        self.folder, self.name, self.process, self.log = folder, name, None, folder / (name + '.log')

    def command(self):
        raise NotImplementedError

    def start(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith('STINT_') and k != 'NOTIFY_SOCKET'}
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', *self.command()], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=env, process_group=0)

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        return self.alive() and send(self.pid, number)

    def end(self, number, seconds):
        """Asks it to stop and waits; kills it if it does not. Returns its exit code; None: it had to be killed."""
        self.signal(signal.SIGCONT)
        self.signal(number)
        return self.await_end(seconds)

    def await_end(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()
            return None


class Redis(Process):
    def __init__(self, folder, appendfsync):
        super().__init__(folder, 'redis')
        self.socket, self.appendfsync = str(folder / 'redis.sock'), appendfsync
        (folder / 'redis').mkdir()

    def command(self):
        # Rewritten by rewrite() alone: the append-only file is the story of every job.
        return ['redis-server', '--port', '0', '--unixsocket', self.socket, '--save', '', '--dir', str(self.folder / 'redis'),
                '--appendonly', 'yes', '--appendfsync', self.appendfsync, '--auto-aof-rewrite-percentage', '0']

    def rewrite(self):
        """A short append-only file, or after an hour of jobs each start would read for many seconds. The old one is kept."""
        for path in (self.folder / 'redis/appendonlydir').glob('*.incr.aof'):
            kept = self.folder / 'redis' / path.name
            if not kept.exists():
                os.link(path, kept)  # what is still written goes to both names
        self.client(20).bgrewriteaof()

    def client(self, timeout=5.0):
        return connect(self.socket, timeout, decode_responses=True, encoding_errors='surrogateescape')

    def wait_ready(self, seconds):
        client, deadline = self.client(), now() + seconds
        while now() < deadline:
            try:
                if client.ping():
                    return True
            except redis.RedisError:
                time.sleep(0.02)
        return False


CONFIG = '''state_dir = "{state}"
log_level = "info"
[redis]
url = "unix://{redis}"
[workers]
processes = {processes}
slots = {slots}
shutdown_timeout = "3s"
[plugins]
paths = ["{plugin}"]
[plugins.witness.config]
socket = "{witness}"
host = "{name}"
[sweep]
interval = "{sweep_ms}ms"
[queues.default]
keep = "{keep_s}s"
backoff = "fixed:100ms"
[tasks.witness]
lease = "{lease_ms}ms"
timeout = "20s"
grace = "500ms"
'''


class Host(Process):
    """stintd with its workers. It reaches Redis by a proxy of its own."""

    def __init__(self, folder, name, build, options):
        super().__init__(folder, name)
        self.build, self.config, self.was_workers = build, folder / (name + '.toml'), set()
        self.config.write_text(CONFIG.format(state=folder / (name + '.state'), name=name, plugin=folder / 'plugins',
                                             redis=folder / (name + '.sock'), witness=folder / 'witness.sock', **options))

    def command(self):
        return [str(self.build / 'bin/stintd'), '--config', str(self.config)]

    def workers(self):
        found = [p for p in children(self.pid) if name_of(p) == 'stint-worker'] if self.alive() else []
        self.was_workers.update(found)
        return found

    def family(self):
        return [self.pid, *self.workers()] if self.alive() else []


def orphans():
    """Workers that fell to us. The dead among them are reaped."""
    alive = []
    for pid in children(os.getpid()):
        if name_of(pid) == 'stint-worker':
            try:
                done, _ = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue
            if not done:
                alive.append(pid)
    return alive
