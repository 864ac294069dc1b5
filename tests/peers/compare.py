"""Compares lmq with two other clients on one sandbox portal, row by row and field by field.

Started by run.py, with the path of the lmq binary as its argument. The clients are LogicMonitor's own Python SDK, and a
signer of a few lines made from the standard library the way LogicMonitor's documentation shows it. A check is a line of
output; a difference is listed below its line, and the exit code is then 1.

The sandbox is a portal of its own (`lmq sandbox`), which verifies signatures. What is compared: all 13 documented fields of
every token, of both kinds, from both endpoints.
"""

import ast
import base64
import contextlib
import hashlib
import hmac
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import logicmonitor_sdk

# JSON name of each documented field, and the SDK's attribute.
FIELDS = {
    "id": "id",
    "accessId": "access_id",
    "accessKey": "access_key",
    "adminId": "admin_id",
    "adminName": "admin_name",
    "roles": "roles",
    "status": "status",
    "note": "note",
    "createdOn": "created_on",
    "createdBy": "created_by",
    "lastUsedOn": "last_used_on",
    "lastAuthIp": "last_auth_ip",
    "userPermission": "user_permission",
}
USER = 131
SIZES = (1000, 7, 3)
KINDS = ("lmv1", "bearer")
PAGE = 50
# A user has fewer tokens than a page has rows, so the lists of users are read in smaller pages as well.
USER_PAGE = 5
TOKENS = 400
SHOWN_DIFFERENCES = 20
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


class Checks:
    """Counts what failed, and prints a line for each check."""

    def __init__(self):
        self.failed = 0

    def check(self, title, differences):
        print(f"{'FAILED' if differences else 'ok':6}  {title}", flush=True)
        for line in differences[:SHOWN_DIFFERENCES]:
            print(f"          {line}")
        if len(differences) > SHOWN_DIFFERENCES:
            print(f"          and {len(differences) - SHOWN_DIFFERENCES} more")
        self.failed += bool(differences)


# --- the sandbox and lmq ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def sandbox(binary):
    """A running sandbox portal; gives the variables that point a client at it. It is ended in any case."""
    command = [binary, "--quiet", "sandbox", "--env", "sh", "--tokens", str(TOKENS), "--rate-limit", "100000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        variables = {}
        # The lines come when it listens, so there is nothing to wait for after them.
        while "LM_BEARER_TOKEN" not in variables:
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"peers: `lmq sandbox` ended with {process.wait()} before it said where it is")
            word, assignment = shlex.split(line)
            if word != "export":
                raise SystemExit(f"peers: `lmq sandbox --env sh` printed {line!r}")
            name, _, value = assignment.partition("=")
            variables[name] = value
        yield variables
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def lmq(binary, folder, portal, query):
    """The result document of a query, which is written to a file first. The variables of `portal` are its credentials."""
    path = Path(folder) / "query.yaml"
    path.write_text(query, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LM_", "LMQ_"))}
    command = [binary, "--quiet", "run", path.name, "--format", "json"]
    done = subprocess.run(command, cwd=folder, env={**kept, **portal}, capture_output=True, timeout=300)
    if done.returncode != 0:
        errors = done.stderr.decode("utf-8", "replace")
        raise SystemExit(f"peers: lmq ended with {done.returncode} on\n{query}\n{errors}")
    return json.loads(done.stdout.decode("utf-8"))


def query_text(user=None, size=1000, more=""):
    text = f"endpoint: apitokens\ntype: all\nsize: {size}\nfields: [{', '.join(FIELDS)}]\n{more}"
    return text if user is None else f"{text}adminId: {user}\n"


def rows_of(document):
    """The rows of a result by kind and id, with the documented fields alone."""
    rows = {}
    for record in document["records"]:
        key = (record["tokenType"], record["id"])
        if key in rows:
            raise SystemExit(f"peers: lmq has the row {key} twice")
        rows[key] = {field: record[field] for field in FIELDS}
    return rows


# --- the SDK ------------------------------------------------------------------------------------------------------------


def sdk_client(portal, bearer=False):
    configuration = logicmonitor_sdk.Configuration()
    # The SDK builds an https address from a company name; this attribute is the only way to another server.
    configuration._host = portal["LMQ_BASE_URL"]
    if bearer:
        configuration.auth_type = "bearer"
        configuration.bearer_token = portal["LM_BEARER_TOKEN"]
    else:
        configuration.access_id = portal["LM_ACCESS_ID"]
        configuration.access_key = portal["LM_ACCESS_KEY"]
    return logicmonitor_sdk.LMApi(logicmonitor_sdk.ApiClient(configuration))


def sdk_rows(api, kinds=KINDS, user=None, page_size=PAGE, **parameters):
    """All rows by kind and id, `page_size` a request."""
    rows = {}
    for kind in kinds:
        chosen = dict(parameters)
        if kind == "bearer":
            chosen["type"] = "bearer"
        else:
            chosen.pop("permission", None)
        offset = 0
        while True:
            chosen.update(size=page_size, offset=offset)
            if user is None:
                page = api.get_api_token_list(**chosen)
            else:
                page = api.get_api_token_list_by_admin_id(user, **chosen)
            items = page.items or []
            for token in items:
                rows[kind, token.id] = {field: getattr(token, name) for field, name in FIELDS.items()}
            offset += len(items)
            if not items or offset >= page.total:
                break
    return {key: normalised(row) for key, row in rows.items()}


def normalised(row):
    """A row of another client as lmq shows it: roles by name, key material masked, one form of "never used"."""
    row = dict(row)
    if row["roles"] is not None:
        row["roles"] = [role_name(role) for role in row["roles"]]
    if row["accessKey"]:
        row["accessKey"] = row["accessKey"][:8] + "…"
    if row["lastUsedOn"] == 0:
        row["lastUsedOn"] = None
    return row


def role_name(role):
    """A role's name. Some answers have objects, which the SDK turns into the text of a Python dictionary."""
    if isinstance(role, str) and role.startswith("{'"):
        role = ast.literal_eval(role)
    return role["name"] if isinstance(role, dict) else role


# --- the signer made from the standard library ---------------------------------------------------------------------------


def signed_page(portal, path, key=None, **parameters):
    """The first page of a list, signed as LogicMonitor's documentation shows it."""
    epoch = str(int(time.time() * 1000))
    message = "GET" + epoch + path
    digest = hmac.new((key or portal["LM_ACCESS_KEY"]).encode(), message.encode(), hashlib.sha256).hexdigest()
    signature = base64.b64encode(digest.encode()).decode()
    url = portal["LMQ_BASE_URL"] + path + "?" + urllib.parse.urlencode(parameters)
    headers = {
        "Authorization": f"LMv1 {portal['LM_ACCESS_ID']}:{signature}:{epoch}",
        "X-Version": "3",
        "Accept": "application/json",
    }
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        return json.load(answer)


def signed_rows(portal, kind, path):
    parameters = {"size": 1000, "offset": 0}
    if kind == "bearer":
        parameters["type"] = "bearer"
    page = signed_page(portal, path, **parameters)
    assert page["total"] == len(page["items"]), "one page is the whole list"
    return {(kind, item["id"]): normalised({field: item.get(field) for field in FIELDS}) for item in page["items"]}


# --- the comparison -----------------------------------------------------------------------------------------------------


def differences(theirs, ours):
    """What differs between two sets of rows, one line each."""
    if not theirs:
        return ["the other client lists no rows, so nothing is compared"]
    lines = [f"{key} is missing from lmq's rows" for key in theirs.keys() - ours.keys()]
    lines += [f"{key} is in lmq's rows alone" for key in ours.keys() - theirs.keys()]
    for key in theirs.keys() & ours.keys():
        for field in FIELDS:
            if theirs[key][field] != ours[key][field]:
                lines.append(f"{key} {field}: theirs {theirs[key][field]!r}, lmq's {ours[key][field]!r}")
    return sorted(lines)


def compare(binary, portal, folder, checks):
    base = {"LMQ_BASE_URL": portal["LMQ_BASE_URL"]}
    lmv1 = {**base, "LM_ACCESS_ID": portal["LM_ACCESS_ID"], "LM_ACCESS_KEY": portal["LM_ACCESS_KEY"]}
    bearer = {**base, "LM_BEARER_TOKEN": portal["LM_BEARER_TOKEN"]}
    # The user of LogicMonitor's examples, and the one with the most tokens.
    owners = [row["adminId"] for row in rows_of(lmq(binary, folder, lmv1, query_text())).values()]
    places = [("all users", None, "/setting/admins/apitokens")]
    for user in (USER, max(set(owners), key=owners.count)):
        places.append((f"user {user}", user, f"/setting/admins/{user}/apitokens"))

    for credential, variables in (("LMv1", lmv1), ("bearer", bearer)):
        api = sdk_client(portal, bearer=credential == "bearer")
        for place, user, _ in places:
            theirs = sdk_rows(api, user=user)
            if user is not None and theirs != sdk_rows(api, user=user, page_size=USER_PAGE):
                checks.check(f"SDK: tokens of {place} in small pages are those in large ones", ["they are not"])
            for size in SIZES:
                ours = rows_of(lmq(binary, folder, variables, query_text(user, size)))
                title = f"SDK and lmq: tokens of {place}, {credential} credentials, lmq's size {size}: {len(ours)} rows"
                checks.check(title, differences(theirs, ours))

    api = sdk_client(portal)
    traces = query_text(more="permission: traces\n").replace("type: all", "type: bearer")
    ours = rows_of(lmq(binary, folder, lmv1, traces))
    theirs = sdk_rows(api, kinds=("bearer",), permission="traces")
    checks.check(f"SDK and lmq: bearer tokens with the traces permission: {len(ours)} rows", differences(theirs, ours))

    ours = rows_of(lmq(binary, folder, lmv1, query_text(more="filters: [{status: 1}]\n")))
    theirs = sdk_rows(api, filter="status:1")
    checks.check(f"SDK and lmq: the filter status:1: {len(ours)} rows", differences(theirs, ours))

    for place, user, path in places:
        ours = rows_of(lmq(binary, folder, lmv1, query_text(user)))
        for kind in KINDS:
            of_kind = {key: row for key, row in ours.items() if key[0] == kind}
            title = f"plain Python and lmq: {kind} tokens of {place}: {len(of_kind)} rows"
            checks.check(title, differences(signed_rows(portal, kind, path), of_kind))

    # Agreement proves the signatures only where a wrong one is refused.
    try:
        signed_page(portal, places[0][2], key="no" + portal["LM_ACCESS_KEY"], size=1)
        refused = ["it was taken"]
    except urllib.error.HTTPError as error:
        refused = [] if error.code == 401 else [f"HTTP {error.code}, expected 401"]
    checks.check("the sandbox refuses a signature made with another key", refused)


def main():
    binary = sys.argv[1]
    for name in PROXY_VARIABLES:
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    checks = Checks()
    with sandbox(binary) as portal, tempfile.TemporaryDirectory() as folder:
        compare(binary, portal, folder, checks)
    print(f"{checks.failed} failed" if checks.failed else "lmq and the other clients agree")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
