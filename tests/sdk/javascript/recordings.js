import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { ACCOUNT, control, get, OWN, signedIn, truth } from "./support.js";

// Which recording, and what it sounds like without any server.
const { id: ID, sha256: SHA256, bytes: BYTES } = JSON.parse(process.env.RECORDING);

const sound = async (response) => Buffer.from(await response.arrayBuffer());
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

test("a recording is what it is, whole and in parts", async () => {
  const platform = await signedIn();
  const record = (await truth()).find(({ recording }) => recording?.id === ID);
  const about = await get(platform, record.recording.uri);
  assert.equal(about.id, ID);

  const whole = await platform.get(about.contentUri);
  assert.equal(whole.headers.get("content-type"), about.contentType);
  const bytes = await sound(whole);
  assert.deepEqual([bytes.length, digest(bytes)], [BYTES, SHA256]);

  const rest = await platform.get(about.contentUri, {}, { headers: { Range: `bytes=${BYTES - 1000}-` } });
  assert.equal(rest.status, 206);
  assert.deepEqual(await sound(rest), bytes.subarray(BYTES - 1000));

  // A player sends no headers.
  const played = await fetch(await platform.signUrl(`${about.contentUri}?contentDisposition=Inline`));
  assert.match(played.headers.get("content-disposition"), /^inline/i);
  assert.equal(digest(await sound(played)), SHA256);
});

test("too many requests wait as long as the server says, or are told", async () => {
  await control("POST", "fault", { kind: "429:1s", count: 2, path: `${OWN}/call-log` });
  const hasty = await signedIn();
  const error = await hasty.get(`${OWN}/call-log`).catch((reason) => reason);
  assert.deepEqual([error.response.status, error.retryAfter], [429, 1000]);

  const patient = await signedIn({ handleRateLimit: true });
  let waited;
  patient.on(patient.events.rateLimitError, ({ retryAfter }) => (waited = retryAfter));
  assert.ok((await get(patient, `${OWN}/call-log`)).records);
  assert.equal(waited, 1000);
  assert.ok((await get(patient, ACCOUNT)).id);
});
