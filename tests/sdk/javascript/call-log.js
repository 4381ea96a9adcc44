import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNT, ALL, control, get, ids, OWN, pages, refusal, signedIn, truth } from "./support.js";

const JSON_BATCH = { headers: { Accept: "application/vnd.ringcentral.multipart+json" } };

test("2,500 records come page by page, each once, as they are", async () => {
  const platform = await signedIn();
  const listed = [];
  let count = 0;
  for await (const { records, paging, navigation } of pages(platform, `${ACCOUNT}/call-log`, { ...ALL, perPage: 250 })) {
    count += 1;
    assert.equal(paging.page, count);
    assert.equal(Boolean(navigation.previousPage), count > 1);
    listed.push(...records);
  }
  const expected = await truth();
  assert.ok(expected.length >= 2500, `${expected.length} records`);
  assert.equal(count, Math.ceil(expected.length / 250));
  assert.deepEqual(listed, expected);
});

test("filters, alone and together, list what the records say", async () => {
  const platform = await signedIn();
  const all = await truth();
  const one = all.find((record) => record.direction === "Inbound" && record.from.phoneNumber && record.legs.length > 2);
  const day = one.startTime.slice(0, 10);
  const names = (party, number) => party?.phoneNumber === number;
  const cases = [
    [{ direction: "Outbound" }, (record) => record.direction === "Outbound"],
    [{ type: "Fax" }, (record) => record.type === "Fax"],
    [{ direction: ["Inbound", "Outbound"], type: "Voice" }, (record) => record.type === "Voice"],
    [{ sessionId: one.sessionId }, (record) => record.sessionId === one.sessionId],
    [{ telephonySessionId: one.telephonySessionId }, (record) => record.telephonySessionId === one.telephonySessionId],
    [{ recordingType: "All" }, (record) => record.recording || record.legs.some((leg) => leg.recording)],
    [
      { dateFrom: `${day}T00:00:00Z`, dateTo: `${day}T23:59:59.999Z`, direction: "Inbound" },
      (record) => record.startTime.startsWith(day) && record.direction === "Inbound",
    ],
  ];
  for (const [query, fits] of cases) {
    const { records } = await get(platform, `${ACCOUNT}/call-log`, { ...ALL, perPage: 1000, ...query });
    const expected = all.filter(fits);
    assert.ok(expected.length > 0, JSON.stringify(query));
    assert.deepEqual(ids(records), ids(expected.slice(0, 1000)), JSON.stringify(query));
  }
  const { records } = await get(platform, `${ACCOUNT}/call-log`, { ...ALL, phoneNumber: one.from.phoneNumber });
  assert.ok(ids(records).includes(one.id));
  const parties = (record) => [record, ...record.legs].flatMap(({ from, to }) => [from, to]);
  assert.ok(records.every((record) => parties(record).some((party) => names(party, one.from.phoneNumber))));
});

test("the Simple view has no legs, and what cannot be is refused", async () => {
  const platform = await signedIn();
  const { records } = await get(platform, `${OWN}/call-log`, { dateFrom: ALL.dateFrom, perPage: 5 });
  assert.equal(records.length, 5);
  assert.ok(records.every((record) => !record.legs));
  const both = { sessionId: "1", phoneNumber: "16505550112" };
  assert.deepEqual(await refusal(platform.get(`${OWN}/call-log`, both)), [400, "CLG-110"]);
  assert.deepEqual(await refusal(platform.get("/restapi/v1.0/account/1/call-log")), [404, "CMN-102"]);
});

test("records come one by one, and several at once in both forms", async () => {
  const platform = await signedIn();
  const wanted = (await truth()).slice(10, 20);
  const path = `${ACCOUNT}/call-log`;
  assert.deepEqual(await get(platform, `${path}/${wanted[0].id}`, { view: "Detailed" }), wanted[0]);

  const list = [...ids(wanted), "nothing"].join(",");
  const response = await platform.get(`${path}/${list}`, { view: "Detailed" });
  assert.equal(response.status, 207);
  const parts = await platform._client.multipart(response);
  assert.deepEqual(parts.map(({ status }) => status), [...wanted.map(() => 200), 404]);
  const bodies = await Promise.all(parts.map((part) => part.json()));
  assert.deepEqual(bodies.slice(0, -1), wanted);

  const items = await (await platform.get(`${path}/${list}`, { view: "Detailed" }, JSON_BATCH)).json();
  assert.deepEqual(items.map(({ status }) => status), [...wanted.map(() => 200), 404]);
  assert.deepEqual(items.slice(0, -1).map(({ body }) => body), wanted);
});

test("calls under way are listed until they are over", async () => {
  const platform = await signedIn();
  const begun = JSON.parse(await control("POST", "calls", { scenario: "very-long" })).calls;
  await control("POST", "clock", { advance_ms: 600_000 });
  const { records } = await get(platform, `${ACCOUNT}/active-calls`, { view: "Detailed" });
  assert.deepEqual(ids(records), ids(begun));
  await control("POST", "clock", { advance_ms: 12 * 3_600_000 });
  assert.deepEqual((await get(platform, `${ACCOUNT}/active-calls`)).records, []);
  const { records: over } = await get(platform, `${ACCOUNT}/call-log`, { perPage: 1 });
  assert.deepEqual(ids(over), ids(begun));
});
