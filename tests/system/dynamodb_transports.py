"""Two ways to call a DynamoDB endpoint with the same requests: boto3, and HTTP as it is.

Requests and answers are the API's own members, binary values as bytes. What is refused raises Refused
with the error's name, text and further members.
"""
import base64
import http.client
import json
import re
import unittest

import boto3
import botocore.exceptions
from botocore.config import Config

STREAMS = {"ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"}


class Refused(Exception):
    def __init__(self, code, message, members):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.members = code, message, members


class OverBoto3:
    def __init__(self, port):
        options = {
            "endpoint_url": f"http://127.0.0.1:{port}",
            "region_name": "us-east-1",
            "aws_access_key_id": "local",
            "aws_secret_access_key": "local",
            "config": Config(retries={"max_attempts": 0}, parameter_validation=False),
        }
        self.tables = boto3.client("dynamodb", **options)
        self.streams = boto3.client("dynamodbstreams", **options)

    def call(self, operation, request):
        client = self.streams if operation in STREAMS else self.tables
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
        try:
            answer = getattr(client, method)(**request)
        except (KeyError, AttributeError) as unknown:
            raise unittest.SkipTest(f"this botocore is too old for {operation}: {unknown}")
        except botocore.exceptions.ClientError as error:
            answer = error.response
            raise Refused(answer["Error"]["Code"], answer["Error"]["Message"], answer) from error
        del answer["ResponseMetadata"]
        return answer


class OverHttp:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, operation, request):
        service = "DynamoDBStreams" if operation in STREAMS else "DynamoDB"
        headers = {
            "X-Amz-Target": f"{service}_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Date": "20261121T120000Z",
            "Authorization": "AWS4-HMAC-SHA256 Credential=local/20261121/us-east-1/dynamodb/aws4_request, "
            "SignedHeaders=host, Signature=0",
        }
        self.connection.request("POST", "/", json.dumps(encoded(request)), headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read() or b"{}")
        if response.status == 200:
            return decoded(answer)
        message = answer.get("message", answer.get("Message", ""))
        raise Refused(answer["__type"].split("#")[-1], message, decoded(answer))


def encoded(value):
    """JSON of it: bytes become base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: encoded(each) for name, each in value.items()}
    return [encoded(each) for each in value] if isinstance(value, list) else value


def decoded(value):
    """The opposite, for what stands as B or BS."""
    if isinstance(value, dict):
        if set(value) == {"B"} and isinstance(value["B"], str):
            return {"B": base64.b64decode(value["B"])}
        if set(value) == {"BS"} and isinstance(value["BS"], list):
            return {"BS": [base64.b64decode(each) for each in value["BS"]]}
        return {name: decoded(each) for name, each in value.items()}
    return [decoded(each) for each in value] if isinstance(value, list) else value


TRANSPORTS = {"boto3": OverBoto3, "http": OverHttp}
