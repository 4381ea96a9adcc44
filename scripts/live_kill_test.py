"""Kills `callbook sync` while the company lives and the network is bad.

    cargo build --features crash-points
    $(scripts/python zstandard phonenumbers) scripts/live_kill_test.py

Records are made, edited and deleted, with a trace and without, the clock is turned, and requests fail in
several ways. Syncs of one archive are killed at random and at each named step of a commit, stopped by SIGTERM,
and started two at a time. After each, the archive holds nothing that was never true. In the end, when
every day has been listed for the last time, it holds what live_truth.py says it owes.
"""

import random
import signal
import time
from datetime import timedelta

import live_truth
from syncs import HOME, Failed, Syncs, chosen, crashed, parser, run, sandbox, steps, stopped

# Two seconds pass before a request is tried again. The first sign-in of a run is tried once: it is spared.
FAULTS = (
    "429=0.01:1s", "503=0.01@/v1.0/", "reset=0.01@/v1.0/", "truncate=0.01@/v1.0/", "sync-token=0.2"
)
SCENARIOS = ("voicemail", "missed")
CHANGES_A_ROUND = 6
LONGEST_TURN = timedelta(hours=20)
INTERRUPTED, LOCKED = 130, 11
TRIES = 60
ENDS_WITHIN_S = 10
# After the last of these every day has been listed for the last time, and once more where calls lacked.
LAST_TURNS = [timedelta(days=days) for days in (1, 7, 24)] + 2 * [timedelta(hours=2)]


class Living(Syncs):
    """Syncs of a company that lives."""

    def __init__(self, options, folder, company, moments):
        super().__init__(options, folder)
        self.company, self.moments = company, moments
        self.whole = []
        self.archive = self.new_archive()
        self.ids = [record.id for record in self.truth()]

    def truth(self):
        lines = self.company.ask("GET", "truth?scope=account")
        (self.folder / "truth.jsonl").write_bytes(lines)
        return live_truth.read(lines, HOME)

    def complete(self):
        """A sync that comes to its end has seen all that was there from before it until after it."""
        begun = self.company.now()
        summary = self.sync(self.archive)
        self.whole.append((begun, self.company.now()))
        return summary

    def live(self):
        """Some things happen."""
        for _ in range(self.moments.randint(1, CHANGES_A_ROUND)):
            id = self.moments.choice(self.ids)
            method, path = self.moments.choice(
                [("POST", f"records/{id}/edit")] * 4
                + [("DELETE", f"records/{id}"), ("DELETE", f"records/{id}?silent=true")]
            )
            self.company.ask(method, path)
        late_s = self.moments.choice([0, 0, 7200, 200_000])
        play = {"scenario": self.moments.choice(SCENARIOS), "ended": True, "late_s": late_s}
        self.company.ask("POST", "calls", play)
        if self.moments.random() < 0.3:
            self.company.turn(LONGEST_TURN * self.moments.random())

    def compare_part(self):
        def differences(archive):
            return live_truth.part_differences(archive, self.truth(), HOME)

        return self.compare(self.archive, differences, "of a sync that did not end")

    def compare_whole(self):
        def differences(archive):
            return live_truth.differences(archive, self.truth(), HOME, self.whole)

        return self.compare(self.archive, differences, "at the end")


def interrupt(syncs, duration_s, with_signal, code):
    """Things happen while a sync runs, which is stopped a little later; whether the signal has hit it."""
    process = syncs.start_sync(syncs.archive)
    half_s = syncs.moments.uniform(0, duration_s / 2)
    time.sleep(half_s)
    syncs.live()
    return stopped(process, half_s, with_signal, code, ENDS_WITHIN_S)


def kill(syncs, duration_s):
    return interrupt(syncs, duration_s, signal.SIGKILL, -signal.SIGKILL)


def terminate(syncs, duration_s):
    return interrupt(syncs, duration_s, signal.SIGTERM, INTERRUPTED)


def two_at_once(syncs, _):
    """Whether the second of two had to leave it to the first."""
    both = [syncs.start_sync(syncs.archive) for _ in range(2)]
    for process in both:
        process.communicate()
    codes = sorted(process.returncode for process in both)
    if codes not in ([0, 0], [0, LOCKED]):
        raise Failed(f"two syncs at once ended with {codes}")
    return codes != [0, 0]


def crash_at(step):
    def crash(syncs, _):
        commit = syncs.moments.randint(1, 3)
        return crashed(syncs.start_sync(syncs.archive, CALLBOOK_CRASH_AT=f"{step}:{commit}"), step)

    return crash


def whole(syncs, _):
    return bool(syncs.complete())


def disturb(syncs, plan, duration_s):
    """Carries out each of these, which is tried again until it has hit a sync that was under way."""
    hits = 0
    for number, act in enumerate(plan, 1):
        tries = 1
        while not act(syncs, duration_s):
            syncs.live()
            tries += 1
            if tries > TRIES:
                raise Failed(f"{act.__name__} has not hit a sync in {TRIES} tries")
        hits += act is not whole
        found = syncs.compare_part()
        syncs.live()
        if number % 10 == 0:
            print(f"{hits} syncs disturbed; {found.calls} calls, {found.versions} versions", flush=True)


def test(options, folder):
    moments = random.Random(options.seed)
    faults = [word for fault in FAULTS for word in ("--fault", fault)]
    with sandbox(options, folder, *faults) as company:
        print("company:", " ".join(company.company + faults), flush=True)
        syncs = Living(options, folder, company, moments)
        # The first lists everything, which takes longest: it is disturbed again and again.
        plan = [kill, terminate, two_at_once] + [kill] * 3 + [whole]
        later = [kill] * max(0, options.kills - 4) + [terminate] * (options.kills // 5)
        later += [two_at_once] * 2 + [whole] * (options.kills // 5) + [crash_at(step) for step in steps()]
        moments.shuffle(later)
        disturb(syncs, plan + later, options.run_s)
        for turn in LAST_TURNS:
            company.turn(turn)
            syncs.complete()
        found = syncs.compare_whole()
        syncs.verify(syncs.archive)
    acts = len(plan + later) - (plan + later).count(whole)
    return f"live kill test: {acts} syncs disturbed, {found.calls} calls, {found.versions} versions: all as it should be"


def main():
    options = parser("Kill syncs of a company that lives.", kills=25, calls=1500, days=40)
    options.add_argument("--run-s", type=float, default=2.0, help="how long a run takes at most, usually")
    run(test, chosen(options))


if __name__ == "__main__":
    main()
