#!/usr/bin/python3
"""The engine against the service models that AWS gives its clients.

Every operation, every member of a request to any depth, every enumeration and every constraint of a
single member is asked for over the wire, by what the engine says when it is wrong:

- an operation answers {} with anything but UnknownOperationException;
- a member of another JSON type is a SerializationException before all else, while a member that the
  engine doesn't know is passed over and brings another error, or none;
- an enumeration's text lists its values; a constraint's text names the member's path.

So nothing but the protocol is relied on, and the test runs on AWS as well
(CRUDDUR_TEST_ENDPOINT=host:port). What is known to be missing stands in model_exceptions.txt, each
with its reason; what stands there without need is a failure too.
"""
import fnmatch
import gzip
import http.client
import json
import os
import pathlib
import subprocess
import unittest

import botocore

import cruddur_process

HERE = pathlib.Path(__file__).resolve().parent
SERVICES = {"dynamodb": "DynamoDB_20120810", "dynamodbstreams": "DynamoDBStreams_20120810"}
LONGEST = 2048  # constraints beyond are not tried
# What some operations look at before anything else.
FIRST = {
    "BatchGetItem": {"RequestItems": {"aaa": {"Keys": [{}]}}},
    "BatchWriteItem": {"RequestItems": {"aaa": [{"PutRequest": {"Item": {}}}]}},
}


def botocore_model(service):
    folder = pathlib.Path(botocore.__file__).parent / "data" / service / "2012-08-10"
    for name, read in (("service-2.json", pathlib.Path.read_bytes),
                       ("service-2.json.gz", lambda path: gzip.decompress(path.read_bytes()))):
        if (folder / name).exists():
            return json.loads(read(folder / name))
    raise AssertionError(f"botocore has no model of {service}")


def sdk_model():
    """The JavaScript SDK's, or None where it isn't installed (npm ci --prefix tests/node)."""
    modules = HERE.parent / "node" / "node_modules"
    if not (modules / "@aws-sdk").exists():
        return None
    script = HERE.parent / "conformance" / "sdk_model.mjs"
    return json.loads(subprocess.run(["node", script, modules], check=True, capture_output=True,
                                     timeout=60).stdout)


class Exceptions:
    """Lines "what  reason", where "what" is a pattern of fnmatch. A reason that begins with "soon:"
    may outlive its need; the others mayn't."""

    def __init__(self, path):
        self.unused, self.patterns = {}, []
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                pattern, reason = line.split(maxsplit=1)
                self.patterns.append(pattern)
                if not reason.startswith("soon:"):
                    self.unused[pattern] = reason
        self.asked = False

    def allow(self, what):
        self.asked = True
        found = [pattern for pattern in self.patterns if fnmatch.fnmatchcase(what, pattern)]
        for pattern in found:
            self.unused.pop(pattern, None)
        return bool(found)


class Member:
    """A place in a request: the steps that lead there, and the shape of what stands there."""

    def __init__(self, steps, shape, required=False, others=None):
        self.steps, self.shape, self.required = steps, shape, required
        self.others = others or {}  # of the request's members

    @property
    def name(self):  # "KeySchema.[].AttributeName"
        return ".".join("[]" if step == 0 else "{}" if step == ("key",) else step
                        for step in self.steps)

    @property
    def path(self):  # as AWS writes it
        text = []
        for step in self.steps:
            text.append("1.member" if step == 0 else "abc.member" if step == ("key",)
                        else step[0].lower() + step[1:])
        return ".".join(text)

    def document(self, leaf):
        for step in reversed(self.steps):
            leaf = [leaf] if step == 0 else {"abc": leaf} if step == ("key",) else {step: leaf}
        return {**self.others, **leaf}

    def parent(self):
        others = {name: value for name, value in self.others.items() if name != self.steps[0]}
        return Member(self.steps[:-1], None, others=others)


class Model:
    def __init__(self, document):
        self.shapes, self.operations = document["shapes"], document["operations"]

    def members(self, operation):
        """All places in the operation's request; values of attributes are entered once."""
        root = self.operations[operation]["input"]["shape"]
        named = "TableName" in self.shapes[root].get("members", {})
        first = FIRST.get(operation, {"TableName": "aaa"} if named else {})
        for member in self._members([], root, ()):
            member.others = first
            yield member

    def _members(self, steps, name, above):
        shape = self.shapes[name]
        if name in above:
            return
        above += (name,)
        if shape["type"] == "structure":
            for member, reference in shape.get("members", {}).items():
                inner = [*steps, member]
                yield Member(inner, self.shapes[reference["shape"]],
                             member in shape.get("required", ()))
                yield from self._members(inner, reference["shape"], above)
        elif shape["type"] in ("list", "map"):
            inner = [*steps, 0 if shape["type"] == "list" else ("key",)]
            element = shape["member" if shape["type"] == "list" else "value"]["shape"]
            yield Member(inner, self.shapes[element])
            yield from self._members(inner, element, above)

    def example(self, shape):
        if shape["type"] == "list":
            return [self.example(self.shapes[shape["member"]["shape"]])]
        if shape["type"] in ("map", "structure"):
            return {}
        return {"string": "aaa", "boolean": True}.get(shape["type"], 1)

    def constraints(self, member):
        """(kind, wrong value, text) of what the model says of the member alone."""
        shape = member.shape
        kind = shape["type"]
        numeric = kind in ("integer", "long")
        for bound, change, words in (("min", -1, "greater than or equal to"),
                                     ("max", 1, "less than or equal to")):
            limit = shape.get(bound)
            if limit is None or (not numeric and not 0 <= limit + change <= LONGEST):
                continue
            if numeric:
                yield bound, limit + change, f"Member must have value {words} {limit}"
            elif kind == "string":
                yield bound, "a" * (limit + change), f"Member must have length {words} {limit}"
            elif kind == "list":
                element = self.shapes[shape["member"]["shape"]]
                yield (bound, [self.example(element)] * (limit + change),
                       f"Member must have length {words} {limit}")
            elif kind == "map":
                element = self.example(self.shapes[shape["value"]["shape"]])
                yield (bound, {f"aaa{i}": element for i in range(limit + change)},
                       f"Member must have length {words} {limit}")
        if "pattern" in shape:
            yield ("pattern", "a b!",
                   "Member must satisfy regular expression pattern: " + shape["pattern"])


def wrong_type(shape):
    return "x" if shape["type"] in ("list", "map", "structure") else {}


class ServiceModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        endpoint = os.environ.get("CRUDDUR_TEST_ENDPOINT")
        if endpoint is None:
            server = cruddur_process.Server(command="dynamodb")
            cls.addClassCleanup(server.stop)
            server.start()
            endpoint = f"127.0.0.1:{server.addresses['dynamodb']}"
        cls.connection = http.client.HTTPConnection(endpoint, timeout=30)
        cls.exceptions = Exceptions(HERE / "model_exceptions.txt")
        cls.complete = True

    def ask(self, target, body):
        """(error's name, its text); ("", "") for a success."""
        self.connection.request("POST", "/", json.dumps(body), {
            "X-Amz-Target": target,
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Date": "20230324T094501Z",
            "Authorization": "AWS4-HMAC-SHA256 Credential=local/20230324/us-east-1/dynamodb/"
                             "aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
        })
        answer = self.connection.getresponse()
        content = json.loads(answer.read())
        if answer.status == 200:
            return "", ""
        return (content["__type"].rpartition("#")[2],
                content.get("message") or content.get("Message") or "")

    def gaps(self, service, model):
        """What the engine doesn't know of a model, one string each."""
        for operation in sorted(model.operations):
            target = f"{SERVICES[service]}.{operation}"
            if self.ask(target, {})[0] == "UnknownOperationException":
                yield operation
                continue
            for member in model.members(operation):
                yield from self.gaps_of(target, f"{operation}.{member.name}", model, member)

    def gaps_of(self, target, what, model, member):
        error, text = self.ask(target, member.document(wrong_type(member.shape)))
        if error != "SerializationException":
            yield what
            return
        at = f"at '{member.path}' failed to satisfy constraint: "
        if member.required:
            _, text = self.ask(target, member.parent().document({}))
            if f"Value null {at}Member must not be null" not in text:
                yield f"{what}:required"
        if "enum" in member.shape:
            _, text = self.ask(target, member.document("no such value"))
            listed = text.partition(at + "Member must satisfy enum value set: [")[2].partition("]")
            known = set(listed[0].split(", "))
            for value in member.shape["enum"]:
                if value not in known:
                    yield f"{what}:enum:{value}"
        for kind, value, constraint in model.constraints(member):
            if at + constraint not in self.ask(target, member.document(value))[1]:
                yield f"{what}:{kind}"

    def check(self, service, document):
        gaps = [gap for gap in self.gaps(service, Model(document))
                if not self.exceptions.allow(gap)]
        self.assertEqual(gaps, [], "\n".join(gaps))

    def test_botocore(self):
        self.check("dynamodb", botocore_model("dynamodb"))

    def test_botocore_streams(self):
        self.check("dynamodbstreams", botocore_model("dynamodbstreams"))

    def test_javascript(self):
        document = sdk_model()
        if document is None:
            type(self).complete = False
            self.skipTest("no AWS SDK for JavaScript: npm ci --prefix tests/node")
        self.check("dynamodb", document)

    def test_later_all_exceptions_are_needed(self):  # by its name the last one
        if self.complete and self.exceptions.asked:  # not where this test runs alone
            self.assertEqual(self.exceptions.unused, {})


if __name__ == "__main__":
    unittest.main()
