import assert from "node:assert/strict";
import { test } from "node:test";
import { SDK } from "@ringcentral/sdk";
import { control, get, OWN, PASSWORD, PUBLIC_CLIENT_ID, refusal, SERVER, signedIn, USERNAME } from "./support.js";

const REDIRECT_URI = "http://127.0.0.1:8711/callback";
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };

test("a JWT signs in, tokens are renewed and revoked", async () => {
  const platform = await signedIn();
  const first = await platform.auth().data();
  assert.equal(first.token_type, "bearer");
  assert.ok(first.scope.split(" ").includes("ReadCallLog"));
  assert.equal(String((await get(platform, OWN)).id), first.owner_id);

  await platform.refresh();
  const second = await platform.auth().data();
  assert.notEqual(second.access_token, first.access_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(String((await get(platform, OWN)).id), first.owner_id);

  await platform.logout();
  const headers = { authorization: `Bearer ${second.access_token}` };
  assert.equal((await fetch(`${SERVER}${OWN}`, { headers })).status, 401);
  assert.equal(await platform.loggedIn(), false);
});

test("an access token that has expired is renewed on the way", async () => {
  const platform = await signedIn();
  let renewed = 0;
  platform.on(platform.events.refreshSuccess, () => (renewed += 1));
  await control("POST", "fault", { kind: "token-expired", path: OWN });
  assert.ok((await get(platform, OWN)).id);
  assert.equal(renewed, 1);
});

// What a browser does with the page: fills in its form and follows the redirect, but for the last step.
async function consent(url, decision) {
  const html = await (await fetch(url)).text();
  const plain = (text) => text.replace(/&[#\w]+;/g, (entity) => ENTITIES[entity]);
  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const form = new URLSearchParams(hidden.map(([, name, value]) => [plain(name), plain(value)]));
  form.append("username", USERNAME);
  form.append("password", PASSWORD);
  form.append("decision", decision);
  const action = new URL(html.match(/<form method="post" action="([^"]*)"/)[1], url);
  const answer = await fetch(action, { method: "POST", body: form, redirect: "manual" });
  assert.equal(answer.status, 302);
  return new URL(answer.headers.get("location"));
}

test("a browser signs in by the page, with PKCE and without a secret", async () => {
  const sdk = new SDK({ server: SERVER, clientId: PUBLIC_CLIENT_ID, redirectUri: REDIRECT_URI });
  const platform = sdk.platform();
  const url = platform.loginUrl({ usePKCE: true, state: "a & b" });

  const denied = await consent(url, "deny");
  assert.throws(() => platform.parseLoginRedirect(denied.search));

  const allowed = platform.parseLoginRedirect((await consent(url, "allow")).search);
  assert.equal(allowed.state, "a & b");
  await platform.login({ code: allowed.code, redirect_uri: REDIRECT_URI });
  assert.ok((await get(platform, OWN)).id);
  await platform.refresh();
  assert.ok((await get(platform, OWN)).id);

  const [status] = await refusal(platform.login({ code: allowed.code, redirect_uri: REDIRECT_URI }));
  assert.equal(status, 400);
});
