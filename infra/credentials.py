"""Prints the credentials that the AWS CLI would use, as JSON, for `sodium` to sign with: whatever the
operator has (a profile, single sign-on, a role with a second factor), the CLI's own library finds it."""

import json
import sys

try:
    from awscli.botocore.session import Session
except ImportError:  # newer releases of the CLI keep it beside
    from botocore.session import Session

credentials = Session().get_credentials()
if credentials is None:
    sys.exit("no credentials")
frozen = credentials.get_frozen_credentials()
json.dump({"key_id": frozen.access_key, "secret_key": frozen.secret_key, "session_token": frozen.token}, sys.stdout)
