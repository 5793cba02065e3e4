"""What goes on while the crash tests kill: writers and watchers, the seed, the stream read back.

The seed is printed; CRUDDUR_SEED sets it. CRUDDUR_KILLS sets the number of kills (50 or more are
asked of the project; sanitizers, which are slow, get fewer).
"""
import collections
import http.client
import os
import random
import threading
import time

from cruddur_process import SANITIZED, send, wait_until

SEED = int(os.environ.get("CRUDDUR_SEED") or random.SystemRandom().randrange(1 << 32))
KILLS = int(os.environ.get("CRUDDUR_KILLS") or (10 if SANITIZED else 60))


class Attempt:
    """A message that was sent: when, and (once acknowledged) when its answer had come."""

    __slots__ = ("text", "begun", "acknowledged", "created_at")

    def __init__(self, text):
        self.text, self.begun, self.acknowledged, self.created_at = (
            text,
            time.monotonic(),
            None,
            None,
        )


class Writer(threading.Thread):
    """Sends messages to one other person, in turn by handle and by conversation, while it may."""

    def __init__(self, load, name, me, other):
        super().__init__(daemon=True)
        self.load, self.label, self.me, self.other = load, name, me, other
        self.token = load.server.token(me)
        self.attempts, self.conversation = [], None

    def run(self):
        connection, port = None, None
        while not self.load.ended.is_set():
            self.load.may_write.wait()
            if self.load.ended.is_set():
                break
            with self.load.lock:
                self.load.writing += 1
            try:
                if port != self.load.port or connection is None:
                    port = self.load.port
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                self.write_one(port, connection)
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = None
                self.load.up.wait()
            finally:
                with self.load.lock:
                    self.load.writing -= 1

    def write_one(self, port, connection):
        number = len(self.attempts)
        attempt = Attempt(f"{self.label} {number}")
        self.attempts.append(attempt)
        body = {"message": attempt.text}
        if self.conversation is None or number % 3 == 0:
            body["handle"] = self.other
        else:
            body["message_group_uuid"] = self.conversation
        answer = send(port, "POST", "/api/messages", body, self.token, connection=connection)
        if answer.status != 200:
            # While it starts or stops it may refuse (503), but never confuse.
            if answer.status != 503:
                self.load.complaints.append(f"{self.label}: {body} answered {answer}")
            return
        sent = answer.json
        attempt.acknowledged = time.monotonic()
        attempt.created_at = sent.get("created_at")
        if self.conversation not in (None, sent["message_group_uuid"]):
            self.load.complaints.append(f"{self.label}: a second conversation {sent}")
        self.conversation = sent["message_group_uuid"]


class Watcher(threading.Thread):
    """Lists one person's conversations all the time: none vanishes, shows twice, or goes back."""

    def __init__(self, load, me):
        super().__init__(daemon=True)
        self.load, self.me, self.token, self.newest, self.reads = (
            load,
            me,
            load.server.token(me),
            {},
            0,
        )

    def run(self):
        while not self.load.ended.is_set():
            try:
                answer = send(
                    self.load.port, "GET", "/api/message_groups?limit=100", token=self.token
                )
            except (OSError, http.client.HTTPException):
                self.load.up.wait()
                continue
            if answer.status != 200:
                if answer.status != 503:
                    self.load.complaints.append(f"list of {self.me}: {answer}")
                continue
            self.reads += 1
            rows = collections.Counter(row["uuid"] for row in answer.json)
            if rows and max(rows.values()) > 1:
                self.load.complaints.append(f"{self.me} sees a conversation twice: {answer.json}")
            for missing in self.newest.keys() - rows.keys():
                self.load.complaints.append(f"{self.me} lost sight of {missing}")
            for row in answer.json:
                if row["created_at"] < self.newest.get(row["uuid"], ""):
                    self.load.complaints.append(
                        f"{self.me}: {row} went back from {self.newest[row['uuid']]}"
                    )
                self.newest[row["uuid"]] = row["created_at"]
            time.sleep(0.002)


class Load:
    """The writers and watchers, and the port of whichever process serves them now."""

    def __init__(self, server):
        self.server, self.port = server, server.api
        self.ended, self.may_write, self.up = (
            threading.Event(),
            threading.Event(),
            threading.Event(),
        )
        self.lock = threading.Lock()
        self.writing, self.complaints = 0, []
        self.may_write.set()
        self.up.set()
        people = ("andrewbrown", "bayko", "londo")
        pairs = [(a, b) for a in people for b in people if a != b]
        self.writers = [Writer(self, f"w{n}", *pairs[n % len(pairs)]) for n in range(12)]
        self.watchers = [Watcher(self, person) for person in people]
        for thread in self.writers + self.watchers:
            thread.start()

    def crash(self):
        """Kills the process at whatever it is doing, and starts it again on what is left."""
        self.up.clear()
        self.server.kill()
        self.server.start()
        self.port = self.server.api
        self.up.set()

    def pause(self):
        self.may_write.clear()
        wait_until(lambda: self.writing == 0, timeout=60)

    def resume(self):
        self.may_write.set()

    def end(self):
        self.ended.set()
        self.may_write.set()
        for thread in self.writers + self.watchers:
            thread.join(60)


def read_stream(streams, arn):
    description = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    for shard in description["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        empty = 0
        while iterator and empty < 3:
            answer = streams.get_records(ShardIterator=iterator)
            yield from answer["Records"]
            empty = 0 if answer["Records"] else empty + 1
            iterator = answer.get("NextShardIterator")
