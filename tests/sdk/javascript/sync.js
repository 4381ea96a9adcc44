import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNT, call, control, get, ids, OWN, refusal, signedIn, truth } from "./support.js";

const PATH = `${ACCOUNT}/call-log-sync`;

test("FSync gives the newest records, ISync what becomes of them", async () => {
  const platform = await signedIn();
  const expected = (await truth()).slice(0, 100);
  const full = await get(platform, PATH, { syncType: "FSync", recordCount: 100, view: "Detailed" });
  assert.deepEqual(full.records, expected);

  // Past the moments before a token of which everything is told twice.
  await control("POST", "clock", { advance_ms: 60_000 });
  const made = await call("queue-answered");
  const [edited, deleted] = ids(expected).slice(3);
  await control("POST", `records/${edited}/edit`);
  await control("DELETE", `records/${deleted}`);
  await control("POST", "clock", { advance_ms: 60_000 });

  const token = { syncType: "ISync", syncToken: full.syncInfo.syncToken, showDeleted: true };
  const changes = await get(platform, PATH, token);
  assert.equal(changes.syncInfo.syncType, "ISync");
  assert.deepEqual(new Set(ids(changes.records)), new Set([...made, edited, deleted]));
  const find = (id) => changes.records.find((record) => record.id === id);
  assert.equal(find(deleted).deleted, true);
  assert.deepEqual(find(edited), (await truth()).find(({ id }) => id === edited));

  const older = await get(platform, PATH, { syncType: "ISync", syncToken: changes.syncInfo.syncToken, recordCount: 10 });
  const next = (await truth()).filter(({ startTime }) => startTime < expected.at(-1).startTime).slice(0, 10);
  for (const id of ids(next)) assert.ok(ids(older.records).includes(id), id);
});

test("a sync token of another log, or of nobody, is refused", async () => {
  const platform = await signedIn();
  const { syncInfo } = await get(platform, `${OWN}/call-log-sync`, { syncType: "FSync", recordCount: 1 });
  for (const syncToken of [syncInfo.syncToken, `${syncInfo.syncToken.slice(0, -2)}AA`, "nothing"]) {
    const [status, code] = await refusal(platform.get(PATH, { syncType: "ISync", syncToken }));
    assert.equal(status, 400);
    assert.match(code, /^(CLG-10[1-5]|CMN-101)$/);
  }
});

test("extract-sync gives what was modified, until there is no more", async () => {
  const platform = await signedIn();
  const path = `${ACCOUNT}/call-log-extract-sync`;
  const begun = JSON.parse(await control("GET", "clock")).now;
  let { syncInfo } = await get(platform, path, { syncType: "FSync", dateFrom: begun, recordCount: 2 });
  await control("POST", "clock", { advance_ms: 60_000 });
  const old = (await truth()).slice(50, 55);
  for (const { id } of old) await control("POST", `records/${id}/edit`);
  const made = await call("answered");

  const found = [];
  do {
    const page = await get(platform, path, { syncType: "ISync", syncToken: syncInfo.syncToken, recordCount: 2 });
    found.push(...ids(page.records));
    syncInfo = page.syncInfo;
  } while (syncInfo.newerRecordsExist);
  for (const id of [...ids(old), ...made]) assert.ok(found.includes(id), id);
});
