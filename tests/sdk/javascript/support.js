// A running sandbox, as its variables say, and RingCentral's SDK signed in to it.

import assert from "node:assert/strict";
import { SDK } from "@ringcentral/sdk";

export const {
  RC_SERVER_URL: SERVER,
  RC_APP_CLIENT_ID: CLIENT_ID,
  RC_APP_CLIENT_SECRET: CLIENT_SECRET,
  RC_USER_JWT: JWT,
  SANDBOX_PUBLIC_CLIENT_ID: PUBLIC_CLIENT_ID,
  SANDBOX_USERNAME: USERNAME,
  SANDBOX_PASSWORD: PASSWORD,
  RECORDING,
} = process.env;

export const ACCOUNT = "/restapi/v1.0/account/~";
export const OWN = `${ACCOUNT}/extension/~`;
export const ALL = { dateFrom: "2000-01-01T00:00:00Z", view: "Detailed" };

export async function signedIn(options = {}) {
  const sdk = new SDK({ server: SERVER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, ...options });
  await sdk.platform().login({ jwt: JWT });
  return sdk.platform();
}

export async function get(platform, path, query) {
  const response = await platform.get(path, query);
  return response.json();
}

export async function* pages(platform, path, query) {
  let page = await get(platform, path, query);
  yield page;
  while (page.navigation.nextPage) {
    page = await get(platform, page.navigation.nextPage.uri);
    yield page;
  }
}

// The status and the error code with which something is refused.
export async function refusal(promise) {
  const error = await promise.then(() => assert.fail("was not refused"), (reason) => reason);
  if (!error.response) throw error;
  return [error.response.status, (await error.response.json()).errorCode];
}

// Has something happen in the sandbox.
export async function control(method, path, body) {
  const authorization = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64")}`;
  const response = await fetch(`${SERVER}/sandbox/v1/${path}`, {
    method,
    headers: { authorization, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.text();
}

// Ends a call just now, and waits, by the sandbox's clock, until its records show up.
export async function call(scenario) {
  const { calls } = JSON.parse(await control("POST", "calls", { scenario, ended: true }));
  await control("POST", "clock", { advance_ms: 60_000 });
  return calls.map(({ id }) => id);
}

// What a log lists by now, newest first.
export async function truth(scope = "account") {
  const lines = (await control("GET", `truth?scope=${scope}`)).trim().split("\n").map((line) => JSON.parse(line));
  return lines.filter(({ state }) => state === "live").map(({ record }) => record);
}

export const ids = (records) => records.map(({ id }) => id);
