// The other SDK: every path of the API is a method, and every answer has a type.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import RingCentral from "@rc-ex/core";
import RestException from "@rc-ex/core/RestException";
import { ALL, CLIENT_ID, CLIENT_SECRET, ids, JWT, RECORDING, SERVER, truth } from "./support.js";

export async function extensible() {
  const client = new RingCentral({ server: SERVER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
  await client.authorize({ jwt: JWT });
  return client;
}

test("its methods sign in, renew, list, read, synchronise and revoke", async () => {
  const client = await extensible();
  const { access_token: first } = client.token;
  await client.refresh();
  assert.notEqual(client.token.access_token, first);

  const account = client.restapi().account();
  const expected = await truth();
  const list = await account.callLog().list({ ...ALL, perPage: 100, page: 2, direction: ["Inbound", "Outbound"] });
  assert.deepEqual(list.records, expected.slice(100, 200));
  assert.deepEqual(await account.callLog(expected[7].id).get({ view: "Detailed" }), expected[7]);

  const { owner_id: own } = client.token;
  const mine = await account.extension().callLog().list({ ...ALL, perPage: 1000 });
  assert.deepEqual(ids(mine.records), ids((await truth(own)).slice(0, 1000)));
  const full = await account.extension().callLogSync().get({ syncType: "FSync", recordCount: 10, view: "Detailed" });
  assert.deepEqual(full.records, mine.records.slice(0, 10));
  const none = await account.extension().callLogSync().get({ syncType: "ISync", syncToken: full.syncInfo.syncToken });
  assert.deepEqual(none.records, []);
  assert.deepEqual((await account.extension().activeCalls().get()).records, []);

  const { id, sha256 } = JSON.parse(RECORDING);
  assert.equal((await account.recording(id).get()).id, id);
  const sound = await account.recording(id).content().get();
  assert.equal(createHash("sha256").update(sound).digest("hex"), sha256);

  await client.revoke();
  await assert.rejects(account.get(), RestException);
});

test("its lists of people, queues and numbers are there", async () => {
  const account = (await extensible()).restapi().account();
  const { mainNumber } = await account.get();
  const numbers = await account.phoneNumber().list({ perPage: 1000 });
  assert.ok(numbers.records.some(({ phoneNumber }) => phoneNumber === mainNumber));
  const people = await account.extension().list({ type: ["User"], perPage: 1000 });
  const queues = await account.callQueues().list();
  assert.ok(queues.records.length > 0);
  const { records: members } = await account.callQueues(queues.records[0].id).members().get();
  const known = new Set(people.records.map(({ id }) => String(id)));
  assert.ok(members.length > 0 && members.every(({ id }) => known.has(String(id))));
});
