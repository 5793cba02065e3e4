"""The file of --credentials: who may do what on the DynamoDB endpoint, as IAM's policies say it."""
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EVERYTHING = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def write_access(path, users):
    """{access key: statements}; a key's secret is the key itself."""
    path.touch(0o600)
    path.write_text(
        json.dumps(
            {
                "Users": [
                    {
                        "UserName": key,
                        "AccessKeys": [{"AccessKeyId": key, "SecretAccessKey": key}],
                        "Policies": [{"Version": "2012-10-17", "Statement": statements}],
                    }
                    for key, statements in users.items()
                ]
            }
        )
    )


def credentials(key):
    """The environment of who has it."""
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": key}


def statements(file):
    """Those of a policy below deploy/, for the account and region of a local endpoint."""
    text = (ROOT / "deploy" / file).read_text()
    text = text.replace("@REGION@", "us-east-1").replace("@ACCOUNT@", "000000000000")
    return json.loads(text)["Statement"]
