"""Redis is another than before: what that one has lost, and what it must ask before it gives the next token."""
from world import World


class Failover(World):
    def begin(self, number, options):
        self.redis_run, self.seen = 0, {}  # worker -> the largest token that has reached it
        super().begin(number, options)

    def do_failover(self):
        """It has another clock, and no longer knows the last minute of tokens, or any. What runs it knows."""
        self.redis_run += 1
        self.late.clear()  # sent to the one before
        for w in self.workers:
            w.waiting_until = None
        if self.rng.random() < 0.7:
            self.do_clock()
        fence, lost = self.look().keys[2], self.rng.choice(('some', 'all'))
        if lost == 'some' and fence.isdigit():
            self.redis('SET', self.prefix + 'fence', max(1, int(fence) - self.rng.randrange(60000000)))
        elif lost == 'all':
            self.redis('DEL', self.prefix + 'fence')
            self.last_token = 0  # what nobody tells it of may come again
        self.say('Redis is another, which has lost %s tokens', lost)

    def after_epoch(self, before, args, reply):
        fence, run = before.keys[2:]
        known = run == args[0] and fence.isdigit() and int(args[1]) <= int(fence)
        if self.look().keys[3] != args[0] or known and self.state.text != before.text:
            self.violate('epoch', '%s: %s, fence %s of run %s' % (args, reply, *self.state.keys[2:]))
        self.last_token = max(self.last_token, int(args[1]))
