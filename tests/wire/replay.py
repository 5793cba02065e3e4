#!/usr/bin/python3
"""Replays the transcripts of this folder against a DynamoDB endpoint. See README.md.

  tests/wire/replay.py http://localhost:8000            all transcripts
  tests/wire/replay.py http://localhost:8000 items.txt  some of them
  --record   writes the answers into the files instead of comparing them
  --sign     signs each request (botocore's credentials and region), for AWS itself

Bodies are compared as JSON: the order of members and the headers are the C++ test's affair
(src/dynamo/transcript_test.cc). Closes with "N passed, N failed".
"""
import argparse
import http.client
import json
import pathlib
import re
import secrets
import sys
import time
import urllib.parse

FOLDER = pathlib.Path(__file__).resolve().parent
DATE = "20230324T094501Z"
USUAL_REQUEST = [
    "Host: localhost",
    "Content-Type: application/x-amz-json-1.0",
    f"X-Amz-Date: {DATE}",
    "Authorization: AWS4-HMAC-SHA256 Credential=local/20230324/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
]
MASK = re.compile(r"<(?:([a-z-]+)=)?\*>")
CAPTURED = re.compile(r"<([a-z-]+)>")
# What differs from run to run, masked when a transcript is recorded.
VOLATILE = {"TableId", "CreationDateTime", "LastUpdateToPayPerRequestDateTime",
            "LastUpdateDateTime", "LastIncreaseDateTime", "LastDecreaseDateTime",
            "LatestStreamLabel", "LatestStreamArn", "StreamArn", "StreamLabel",
            "CreationRequestDateTime", "ShardId", "StartingSequenceNumber", "ShardIterator", "NextShardIterator", "eventID", "ApproximateCreationDateTime",
            "SequenceNumber"}


class Exchange:
    def __init__(self, name):
        self.name, self.request, self.response = name, [], []


def parse(path):
    """The file as a list of comment lines and exchanges, in order."""
    parts = []
    for line in path.read_text().splitlines():
        if line.startswith("=== "):
            parts.append(Exchange(line[4:]))
        elif line[:1] in (">", "<") and parts and isinstance(parts[-1], Exchange):
            side = parts[-1].request if line[0] == ">" else parts[-1].response
            side.append(line[2:])
        elif line and not line.startswith("#"):
            sys.exit(f"{path.name}: not a transcript's line: {line}")
        else:
            parts.append(line)
    return parts


def split(lines):
    """First line, header lines, body."""
    end = lines.index("") if "" in lines else len(lines)
    return lines[0], lines[1:end], "\n".join(lines[end + 1:])


def send(url, lines, signer):
    first, headers, body = split(lines)
    method, target, _ = first.split(" ")
    fields = {}
    for line in sum(([*USUAL_REQUEST] if h == "[usual]" else [h] for h in headers), []):
        name, _, value = line.partition(":")
        fields[name] = value.strip()
    if "[usual]" in headers:
        fields["Host"] = url.netloc
        if signer:
            fields = signer(method, target, fields, body)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname, url.port, timeout=30)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    data = body.encode()
    for name, value in fields.items():
        connection.putheader(name, value)
    if data or method == "POST":
        connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def settle(url, request, answer, text, signer):
    """Waits until a table that was made is active, and one that was dropped is gone."""
    target = next((h for h in request if h.startswith("X-Amz-Target:")), "")
    if answer.status != 200 or not target.endswith(("CreateTable", "UpdateTable", "DeleteTable")):
        return
    table = json.loads(text)["TableDescription"]["TableName"]
    describe = ["POST / HTTP/1.1", "X-Amz-Target: DynamoDB_20120810.DescribeTable", "[usual]", "",
                json.dumps({"TableName": table})]
    for _ in range(600):
        again, description = send(url, describe, signer)
        gone = again.status != 200
        if gone if target.endswith("DeleteTable") else (
                not gone and json.loads(description)["Table"]["TableStatus"] == "ACTIVE"):
            return
        time.sleep(0.1)


def matches(expected, actual, captured):
    """JSON values are equal, where a mask equals anything."""
    if isinstance(expected, str) and (mask := MASK.fullmatch(expected)):
        if mask.group(1):
            captured[mask.group(1)] = actual
        return True
    if isinstance(expected, dict):
        return (isinstance(actual, dict) and expected.keys() == actual.keys()
                and all(matches(expected[k], actual[k], captured) for k in expected))
    if isinstance(expected, list):
        return (isinstance(actual, list) and len(expected) == len(actual)
                and all(map(lambda e, a: matches(e, a, captured), expected, actual)))
    return expected == actual and isinstance(expected, bool) == isinstance(actual, bool)


def load(text):
    return json.loads(re.sub(r":(<(?:[a-z-]+=)?\*>)", r':"\1"', text))


def same_body(expected, actual, captured):
    try:
        return matches(load(expected), json.loads(actual), captured)
    except ValueError:
        return expected.strip("\n") == actual.strip("\n")


def masked(text):
    """A recorded body: volatile values give way to masks, the layout stays."""
    for name in VOLATILE:
        text = re.sub(rf'"{name}":"[^"]*"', f'"{name}":"<*>"', text)
        text = re.sub(rf'"{name}":[0-9.]+', f'"{name}":<*>', text)
    return text


def record(exchange, answer, text):
    usual = [("Date", None), ("Content-Type", "application/x-amz-json-1.0"),
             ("Content-Length", None), ("Server", "Server"), ("x-amzn-RequestId", None),
             ("x-amz-crc32", None)]
    headers = answer.getheaders()
    is_usual = ([h[0] for h in headers] == [u[0] for u in usual]
                and headers[1][1] == usual[1][1])
    exchange.response = [f"HTTP/1.1 {answer.status} {answer.reason}"]
    if is_usual:
        exchange.response.append("[usual]")
    else:
        for name, value in headers:
            volatile = name in ("Date", "x-amzn-RequestId")
            exchange.response.append(f"{name}: {'<*>' if volatile else value}")
    exchange.response += ["", *masked(text).split("\n")]


def run(url, path, recording, signer):
    # Names and tokens that outlive a run hold <run>.
    token = secrets.token_hex(5)
    parts, captured, failures, passed = parse(path), {"run": token}, [], 0
    for part in parts:
        if not isinstance(part, Exchange):
            continue
        request = [CAPTURED.sub(lambda m: captured.get(m.group(1), m.group(0)), line)
                   for line in part.request]
        try:
            answer, text = send(url, request, signer)
        except (OSError, http.client.HTTPException) as error:
            failures.append(f"{path.name}: {part.name}\n  {type(error).__name__}: {error}")
            continue
        settle(url, request, answer, text, signer)
        if recording:
            before = part.response
            record(part, answer, text.replace(token, "<run>"))
            # A capture that was written by hand stays.
            if before:
                for name in re.findall(r'"(\w+)":"(<[a-z-]+=\*>)"', before[-1]):
                    part.response[-1] = part.response[-1].replace(
                        f'"{name[0]}":"<*>"', f'"{name[0]}":"{name[1]}"', 1)
                _, _, expected = split(part.response)
                same_body(expected.replace("<run>", token), text, captured)
            continue
        first, _, expected = split(part.response)
        expected = expected.replace("<run>", token)
        status = int(first.split(" ")[1])
        if status == answer.status and same_body(expected, text, captured):
            passed += 1
        else:
            failures.append(f"{path.name}: {part.name}\n  expected {status} {expected}\n"
                            f"  actual   {answer.status} {text}")
    if recording:
        out = []
        for part in parts:
            if isinstance(part, Exchange):
                out.append(f"=== {part.name}")
                out += [("> " + line).rstrip() for line in part.request]
                out += [f"< {line}" if line else "<" for line in part.response]
            else:
                out.append(part)
        path.write_text("\n".join(out) + "\n")
    return passed, failures


def aws_signer():
    import botocore.auth
    import botocore.awsrequest
    import botocore.session
    session = botocore.session.get_session()
    auth = botocore.auth.SigV4Auth(session.get_credentials(), "dynamodb",
                                   session.get_config_variable("region") or "us-east-1")

    def sign(method, target, fields, body):
        fields = {k: v for k, v in fields.items() if k not in ("Authorization", "X-Amz-Date")}
        request = botocore.awsrequest.AWSRequest(
            method, f"https://{fields['Host']}{target}", headers=fields, data=body)
        auth.add_auth(request)
        return dict(request.headers.items())
    return sign


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("endpoint")
    arguments.add_argument("files", nargs="*")
    arguments.add_argument("--record", action="store_true")
    arguments.add_argument("--sign", action="store_true")
    options = arguments.parse_args()
    url = urllib.parse.urlsplit(options.endpoint)
    files = [FOLDER / name for name in options.files] or sorted(FOLDER.glob("*.txt"))
    signer = aws_signer() if options.sign else None
    passed, failures = 0, []
    for path in files:
        more, wrong = run(url, path, options.record, signer)
        passed, failures = passed + more, failures + wrong
    for failure in failures:
        print(failure)
    if not options.record:
        print(f"{passed} passed, {len(failures)} failed")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
