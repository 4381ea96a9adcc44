import asyncio
import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ringcentral import SDK
from ringcentral.websocket.events import WebSocketEvents

from support import ACCOUNT, CLIENT, JWT, SERVER, control, get, refusal, signed_in

SESSIONS = f"{ACCOUNT}/telephony/sessions"
SUBSCRIPTION = "/restapi/v1.0/subscription"
OVER = {"Disconnected", "Gone"}
MOST_S = 30


def is_whole(events):
    """Whether these are all of a call, to the end of each of its parties."""
    parties = [party for event in events for party in event["body"]["parties"]]
    last = {party["id"]: party["status"]["code"] for party in parties}
    return bool(last) and set(last.values()) <= OVER


async def until(condition):
    """Looks again and again, while the sandbox's clock goes on by a minute each time."""

    async def look():
        while not condition():
            await asyncio.to_thread(control, "POST", "clock", {"advance_ms": 60_000})
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), MOST_S)


class Receiver(BaseHTTPRequestHandler):
    """Proves that it is one, and keeps what it is told."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        token = self.headers.get("Validation-Token")
        if token and self.server.proves:
            self.send_header("Validation-Token", token)
        elif not token:
            self.server.received.append((self.headers, json.loads(body)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Push(unittest.IsolatedAsyncioTestCase):
    def check_session(self, events):
        self.assertEqual([event["body"]["sequence"] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(len({event["body"]["telephonySessionId"] for event in events}), 1)

    def receiver(self, proves):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        server.proves, server.received = proves, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server, f"http://127.0.0.1:{server.server_port}/hook"

    async def test_a_calls_events_come_over_websocket_in_order(self):
        sdk = SDK(*CLIENT, SERVER)
        sdk.platform().login(jwt=JWT)
        client = sdk.create_web_socket_client()
        events, subscribed, removed = [], asyncio.Event(), asyncio.Event()
        subscriptions = []
        client.on(WebSocketEvents.subscriptionCreated, lambda made: (subscriptions.append(made), subscribed.set()))
        client.on(WebSocketEvents.receiveSubscriptionNotification, lambda message: events.append(message[1]))
        connection = asyncio.create_task(client.create_new_connection())
        await asyncio.wait_for(client.create_subscription([SESSIONS]), MOST_S)
        await asyncio.wait_for(subscribed.wait(), MOST_S)

        control("POST", "calls", {"scenario": "answered"})
        await until(lambda: is_whole(events))
        self.check_session(events)
        [subscription] = subscriptions
        self.assertEqual({event["subscriptionId"] for event in events}, {subscription.get_subscription_info()[1]["id"]})

        client.on(WebSocketEvents.subscriptionRemoved, removed.set)
        await client.remove_subscription(subscription)
        await asyncio.wait_for(removed.wait(), MOST_S)
        await client.close_connection()
        await asyncio.gather(connection, return_exceptions=True)

    async def test_a_webhook_proves_itself_and_is_told_of_a_call(self):
        platform = signed_in()
        server, address = self.receiver(proves=True)
        mode = {"transportType": "WebHook", "address": address, "verificationToken": "a secret"}
        body = {"eventFilters": [SESSIONS], "deliveryMode": mode}
        made = (await asyncio.to_thread(platform.post, SUBSCRIPTION, body)).json_dict()
        self.assertEqual(made["status"], "Active")

        control("POST", "calls", {"scenario": "answered"})
        events = lambda: sorted((event for _, event in server.received), key=lambda event: event["body"]["sequence"])
        await until(lambda: is_whole(events()))
        self.check_session(events())
        self.assertEqual({headers["Verification-Token"] for headers, _ in server.received}, {"a secret"})
        path = f"{SUBSCRIPTION}/{made['id']}"
        self.assertEqual(get(platform, path)["status"], "Active")
        platform.delete(path)
        self.assertEqual(refusal(platform.get, path)[0], 404)

    async def test_an_address_that_proves_nothing_is_refused(self):
        _, address = self.receiver(proves=False)
        body = {"eventFilters": [SESSIONS], "deliveryMode": {"transportType": "WebHook", "address": address}}
        status, answer = await asyncio.to_thread(refusal, signed_in().post, SUBSCRIPTION, body)
        self.assertEqual(status, 400)
        self.assertRegex(answer.json()["errorCode"], "^SUB-52[0-5]$")
