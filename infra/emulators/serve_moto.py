"""Starts moto's server on a free port, prints its address, and stops when the standard input closes:
then whoever started this is gone.

Beside AWS's services it answers GET /sent-mail/REGION with the mails that its SES took, as Python's
own mail parser reads them: a second opinion on what our code wrote.
"""

import email.parser
import email.policy
import json
import os
import sys
import threading
from email.utils import parseaddr

# Each test has a region of its own, so that tests cannot meet in what has no name to choose.
os.environ["MOTO_ALLOW_NONEXISTENT_REGION"] = "true"

from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    create_backend_app,
)
from moto.ses.models import ses_backends
from werkzeug.serving import WSGIRequestHandler, make_server

SENT_MAIL = "/sent-mail/"


def read(raw):
    mail = email.parser.Parser(policy=email.policy.default).parsestr(raw)
    return {
        "id": mail["Message-ID"].strip("<>").split("@")[0],
        "to": parseaddr(mail["To"])[1],
        "subject": mail["Subject"],
        "text": mail.get_body(("plain",)).get_content().replace("\r\n", "\n"),
        "source": raw,
    }


def sent_mail(region):
    backend = ses_backends[DEFAULT_ACCOUNT_ID][region]
    return json.dumps([read(mail.raw_data) for mail in backend.sent_messages]).encode()


def with_sent_mail(aws):
    def answer(environ, start_response):
        path = environ.get("PATH_INFO", "")
        if not path.startswith(SENT_MAIL):
            return aws(environ, start_response)
        body = sent_mail(path.removeprefix(SENT_MAIL))
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    return answer


class Quiet(WSGIRequestHandler):
    """Keeps connections open, as AWS does, and says nothing of each request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


def main():
    app = with_sent_mail(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


main()
