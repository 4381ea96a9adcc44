import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import WebSocketExtension, { Events } from "@rc-ex/ws";
import { SDK } from "@ringcentral/sdk";
import { Subscriptions } from "@ringcentral/subscriptions";
import { extensible } from "./rc-ex.js";
import { ACCOUNT, CLIENT_ID, CLIENT_SECRET, control, get, JWT, refusal, SERVER, signedIn } from "./support.js";

const SESSIONS = `${ACCOUNT}/telephony/sessions`;
const SUBSCRIPTION = "/restapi/v1.0/subscription";
const OVER = ["Disconnected", "Gone"];
const MOST_MS = 30_000;

// Looks again and again, while the sandbox's clock goes on.
async function until(condition, stepMs = 60_000) {
  const deadline = Date.now() + MOST_MS;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "it does not happen");
    await control("POST", "clock", { advance_ms: stepMs });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Whether these events are all of a call, to the end of each of its parties.
function isWhole(events) {
  const last = new Map();
  for (const { body } of events) for (const { id, status } of body.parties) last.set(id, status.code);
  return last.size > 0 && [...last.values()].every((code) => OVER.includes(code));
}

function checkSession(events, subscription) {
  const sequences = events.map(({ body }) => body.sequence);
  assert.deepEqual(sequences, sequences.map((_, place) => place + 1));
  assert.equal(new Set(events.map(({ body }) => body.telephonySessionId)).size, 1);
  assert.equal(new Set(events.map(({ uuid }) => uuid)).size, events.length);
  for (const event of events) {
    assert.equal(event.subscriptionId, subscription);
    assert.match(event.event, /\/account\/\d+\/telephony\/sessions/);
  }
  const codes = new Set(events.flatMap(({ body }) => body.parties.map(({ status }) => status.code)));
  for (const code of ["Answered", "Disconnected"]) assert.ok(codes.has(code), [...codes].join());
}

test("a call's events come over WebSocket, in the order in which they happen", async () => {
  const sdk = new SDK({ server: SERVER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
  await sdk.platform().login({ jwt: JWT });
  const subscriptions = new Subscriptions({ sdk });
  const subscription = subscriptions.createSubscription().setEventFilters([SESSIONS]);
  const events = [];
  subscription.on(subscription.events.notification, (event) => events.push(event));
  const { subscriptionInfo, wse } = await subscription.register();
  assert.equal(subscriptionInfo.status, "Active");

  await control("POST", "calls", { scenario: "answered" });
  await until(() => isWhole(events));
  checkSession(events, subscriptionInfo.id);

  await wse.revoke();
  assert.deepEqual((await get(sdk.platform(), SUBSCRIPTION)).records, []);
});

test("a connection that is lost comes back, and nothing was missed or doubled", async () => {
  const client = await extensible();
  const socket = new WebSocketExtension({ autoRecover: { enabled: true, checkInterval: () => 100 } });
  await client.installExtension(socket);
  const events = [];
  const { subscriptionInfo } = await socket.subscribe([SESSIONS], (event) => events.push(event));

  await control("POST", "calls", { scenario: "answered" });
  // By the sandbox's clock as well as by its own, the SDK's token for sockets is good for half a minute.
  await until(() => events.length > 0, 100);
  const recovered = once(socket.eventEmitter, Events.autoRecoverSuccess);
  socket.ws.terminate();
  // Happens while nobody listens.
  await control("POST", "clock", { advance_ms: 10_000 });
  await recovered;
  assert.equal(socket.connectionDetails.recoveryState, "Successful");
  await until(() => isWhole(events));
  checkSession(events, subscriptionInfo.id);
  await client.revoke();
});

// A receiver of webhooks, which proves that it is one unless told otherwise.
async function receiver(proves) {
  const received = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const token = request.headers["validation-token"];
    if (token && proves) response.setHeader("Validation-Token", token);
    if (!token) received.push({ headers: request.headers, event: JSON.parse(Buffer.concat(chunks)) });
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${server.address().port}/hook`;
  return { address, received, close: () => server.close() };
}

test("a webhook proves itself, is told of a call, renewed and deleted", async () => {
  const platform = await signedIn();
  const hook = await receiver(true);
  const deliveryMode = { transportType: "WebHook", address: hook.address, verificationToken: "a secret" };
  const response = await platform.post(SUBSCRIPTION, { eventFilters: [SESSIONS], deliveryMode, expiresIn: 600 });
  const made = await response.json();
  assert.equal(made.status, "Active");

  await control("POST", "calls", { scenario: "answered" });
  const events = () => hook.received.map(({ event }) => event).sort((a, b) => a.body.sequence - b.body.sequence);
  await until(() => isWhole(events()));
  checkSession(events(), made.id);
  assert.ok(hook.received.every(({ headers }) => headers["verification-token"] === "a secret"));

  const renewed = await (await platform.post(`${SUBSCRIPTION}/${made.id}/renew`)).json();
  assert.ok(renewed.expirationTime > made.expirationTime, renewed.expirationTime);
  assert.deepEqual((await get(platform, SUBSCRIPTION)).records.map(({ id }) => id), [made.id]);
  await platform.delete(`${SUBSCRIPTION}/${made.id}`);
  assert.equal((await refusal(platform.get(`${SUBSCRIPTION}/${made.id}`)))[0], 404);
  hook.close();
});

test("an address that proves nothing is refused", async () => {
  const platform = await signedIn();
  const hook = await receiver(false);
  const deliveryMode = { transportType: "WebHook", address: hook.address };
  const [status, code] = await refusal(platform.post(SUBSCRIPTION, { eventFilters: [SESSIONS], deliveryMode }));
  assert.equal(status, 400);
  assert.match(code, /^SUB-52[0-5]$/);
  hook.close();
});
