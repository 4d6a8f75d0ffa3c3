"""Starts moto's server on a free port, prints its address, and stops when the standard input closes:
then whoever started this is gone.

Beside AWS's services it answers GET /sent-mail/REGION with the mails that its SES took, as Python's
own mail parser reads them: a second opinion on what our code wrote.
"""

import copy
import email.parser
import email.policy
import functools
import json
import os
import sys
import threading
from email.utils import parseaddr

# Each test has a region of its own, so that tests cannot meet in what has no name to choose.
os.environ["MOTO_ALLOW_NONEXISTENT_REGION"] = "true"

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    create_backend_app,
)
from moto.ses.models import ses_backends
from werkzeug.serving import WSGIRequestHandler, make_server

SENT_MAIL = "/sent-mail/"


@functools.cache
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


def one_at_a_time(aws):
    """moto changes what it keeps without a lock: two requests at once can both meet a condition, and
    one that reads while another writes fails. AWS does neither. Python runs one thread at a time
    anyway, so this costs nothing."""
    lock = threading.Lock()

    def answer(environ, start_response):
        with lock:
            return aws(environ, start_response)

    return answer


def image_of(table, _memo):
    """What a transaction that fails goes back to. moto copies each item of the table, once for each
    step; the places suffice, because nothing changes an item in its place (see `update_a_copy`)."""
    image = copy.copy(table)
    image.items = table.items.copy()
    for key, items in table.items.items():
        image.items[key] = items.copy()
    if table.stream_shard is not None:
        image.stream_shard = copy.copy(table.stream_shard)
        image.stream_shard.table = image
        image.stream_shard.items = list(table.stream_shard.items)
    return image


def update_a_copy(self, table_name, key, *args, _update=DynamoDBBackend.update_item, **named):
    table = self.get_table(table_name)
    hash_value, range_value = self.get_keys_value(table, key)
    items = table.items.get(hash_value, {})
    if range_value in items:
        items[range_value] = copy.deepcopy(items[range_value])
    return _update(self, table_name, key, *args, **named)


def query_a_partition(self, hash_key, *args, _query=Table.query, **named):
    """moto sorts and goes through the whole table for each query, also for one of a partition."""
    index = args[6]
    if index is None:
        self.all_items = self.items.get(hash_key, {}).values
    try:
        return _query(self, hash_key, *args, **named)
    finally:
        self.__dict__.pop("all_items", None)


Table.__deepcopy__ = image_of
Table.query = query_a_partition
DynamoDBBackend.update_item = update_a_copy


class Quiet(WSGIRequestHandler):
    """Keeps connections open, as AWS does, and says nothing of each request. An answer goes out in one
    piece: a head and a body by themselves meet Nagle's algorithm and the other side's delayed
    acknowledgement, and each answer takes 40 ms."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_request(self, *_):
        pass


def main():
    # A thread that comes back from its socket waits for its turn, by default 5 ms, while others compute.
    sys.setswitchinterval(0.0002)
    app = one_at_a_time(with_sent_mail(DomainDispatcherApplication(create_backend_app)))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


main()
