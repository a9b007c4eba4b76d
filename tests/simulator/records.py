"""The record of a job as docs/protocol.md has it, for the simulator, the chaos runner and the benches."""
import functools

COUNTERS = ('attempts', 'crashes', 'losses', 'since')


def base36(n):
    digits = ''
    while n or not digits:
        n, digit = divmod(n, 36)
        digits = '0123456789abcdefghijklmnopqrstuvwxyz'[digit] + digits
    return digits


def make(task, created_ms, nonce, params, resource='', **said):
    """params: None if they are apart."""
    words = [task, base36(created_ms), nonce] + ['%s=%s' % member for member in said.items()]
    return resource + '\n' + ' '.join(words) + ('' if params is None else '\n' + params)


class Record:
    """A text taken apart; ValueError if it is corrupt."""

    def __init__(self, text):
        lines = text.split('\n', 2)
        self.resource, self.params = lines[0], lines[2] if len(lines) > 2 else None
        self.task, _, self.nonce, *words = lines[1].split(' ')
        said = dict(word.split('=', 1) for word in words)
        self.counters = [int(said.pop(name, 0)) for name in COUNTERS]
        self.said = said


cut = functools.lru_cache(5000)(Record)
