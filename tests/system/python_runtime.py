"""A custom runtime of AWS Lambda in Python's standard library: python_runtime.py FILE [FUNCTION].

It knows the Lambda Runtime API and nothing of Cruddur: FILE is loaded, FUNCTION (lambda_handler)
called with each event, as on AWS. AWS_LAMBDA_RUNTIME_API is HOST:PORT. With
CRUDDUR_REDIRECT_DYNAMODB, a URL, boto3's DynamoDB goes there whatever the file says, so that a
handler written for AWS runs unchanged.
"""
import json
import os
import runpy
import sys
import time
import traceback
import urllib.error
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self.deadline_ms - int(time.time() * 1000))


def post(path, body):
    request = urllib.request.Request(
        API + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 202, answer.status


def error_of(error):
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_exception(error),
    }


def redirect_boto3(url):
    import boto3

    original = boto3.resource

    def resource(service, **options):
        options.update(
            endpoint_url=url, aws_access_key_id="local", aws_secret_access_key="local"
        )
        return original(service, **options)

    boto3.resource = resource


def main():
    if url := os.environ.get("CRUDDUR_REDIRECT_DYNAMODB"):
        redirect_boto3(url)
    try:
        handler = runpy.run_path(sys.argv[1])[
            sys.argv[2] if len(sys.argv) > 2 else "lambda_handler"
        ]
    except Exception as error:
        post("/init/error", error_of(error))
        sys.exit(1)
    while True:
        try:
            with urllib.request.urlopen(API + "/invocation/next") as answer:
                event, context = json.loads(answer.read()), Context(answer.headers)
        except (urllib.error.URLError, ConnectionError):
            return  # the Runtime API is gone, and so is this runtime
        try:
            path, body = "response", handler(event, context)
        except Exception as error:
            path, body = "error", error_of(error)
        try:
            post(f"/invocation/{context.aws_request_id}/{path}", body)
        except urllib.error.HTTPError as error:
            print("not accepted:", error.read(), flush=True)  # it came too late


if __name__ == "__main__":
    main()
