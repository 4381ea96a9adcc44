"""Subscriptions against the official description: see validate.py."""

import contextlib
import http.server
import threading


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes webhooks, as a subscription's address has to."""

    def do_POST(self):
        self.send_response(200)
        if token := self.headers["Validation-Token"]:
            self.send_header("Validation-Token", token)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def receiver():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()


def check_subscriptions(check):
    filters = ["/restapi/v1.0/account/~/telephony/sessions", "/restapi/v1.0/account/~/extension/~/presence"]
    with receiver() as address:
        mode = {"transportType": "WebHook", "address": address}
        made = check.call("createSubscription", message={"eventFilters": filters, "deliveryMode": mode})
        check.call("createSubscription", 400, message={"eventFilters": ["/no/such"], "deliveryMode": mode})
        check.call("listSubscriptions")
        of = {"subscriptionId": made["id"]}
        check.call("readSubscription", **of)
        check.call("updateSubscription", message={"eventFilters": filters[:1]}, **of)
        check.call("renewSubscription", **of)
        check.call("deleteSubscription", 204, **of)
        check.call("readSubscription", 404, **of)
    check.call("authWsToken")
