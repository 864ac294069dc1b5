"""All tokens through LogicMonitor's Python SDK, page after page: official.py BASE_URL ROWS

Started by fetch.py with the Python of an environment that has the SDK.
"""

import sys

import logicmonitor_sdk

SIZE = 1000

base_url, wanted = sys.argv[1], int(sys.argv[2])
configuration = logicmonitor_sdk.Configuration()
# The SDK builds an https address from a company name; this attribute is the only way to another server.
configuration._host = base_url
configuration.access_id = "bench"
configuration.access_key = "key"
api = logicmonitor_sdk.LMApi(logicmonitor_sdk.ApiClient(configuration))
tokens = []
while True:
    page = api.get_api_token_list(size=SIZE, offset=len(tokens))
    tokens += page.items
    if not page.items or len(tokens) >= page.total:
        break
if len(tokens) != wanted:
    sys.exit(f"{len(tokens)} tokens, expected {wanted}")
