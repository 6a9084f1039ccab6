"""Presigns the cases of standard input, one JSON object a line, with botocore; answers one URL a line."""

import datetime
import json
import sys

import botocore.auth
import botocore.compat
import botocore.session
from botocore.config import Config

session = botocore.session.Session()
clients = {}
now = None


def frozen(remove_tzinfo=True):
    return now.replace(tzinfo=None) if remove_tzinfo else now


botocore.auth.get_current_datetime = frozen


def client_for(case):
    wanted = tuple(case[name] for name in ("accessId", "secret", "token", "region", "url", "style"))
    if wanted not in clients:
        clients[wanted] = session.create_client(
            "s3",
            region_name=case["region"],
            endpoint_url=case["url"],
            aws_access_key_id=case["accessId"],
            aws_secret_access_key=case["secret"],
            aws_session_token=case["token"],
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": case["style"]},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
    return clients[wanted]


for line in sys.stdin:
    case = json.loads(line)
    now = datetime.datetime.fromtimestamp(case["at"], datetime.timezone.utc)
    url = client_for(case).generate_presigned_url(case["operation"], Params=case["params"], ExpiresIn=case["ttl"])
    sys.stdout.write(url + "\n")
