// Prints how many calls one's own call log has of January 2024 and how many are under way, and fetches
// the newest recording. Needs RC_SERVER_URL, RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT.

import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { SDK } from "@ringcentral/sdk";

const EXTENSION = "/restapi/v1.0/account/~/extension/~";

function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

async function signIn() {
  const sdk = new SDK({
    server: variable("RC_SERVER_URL"),
    clientId: variable("RC_APP_CLIENT_ID"),
    clientSecret: variable("RC_APP_CLIENT_SECRET"),
    // After 429, the SDK waits as long as the server says, then asks again.
    handleRateLimit: true,
  });
  const platform = sdk.platform();
  platform.on(platform.events.rateLimitError, ({ retryAfter }) => console.error(`waiting ${retryAfter / 1000} s`));
  await platform.login({ jwt: variable("RC_USER_JWT") });
  return platform;
}

// All records of a list, whatever number of pages it has.
async function* list(platform, url, query) {
  while (url) {
    const response = await platform.get(url, query);
    const page = await response.json();
    yield* page.records;
    // The next page's address has the query in it.
    url = page.navigation?.nextPage?.uri;
    query = undefined;
  }
}

async function main() {
  const platform = await signIn();

  let calls = 0;
  let legs = 0;
  let recording;
  const january = {
    dateFrom: "2024-01-01T00:00:00.000Z",
    dateTo: "2024-01-31T23:59:59.999Z",
    view: "Detailed",
    perPage: 1000,
  };
  for await (const call of list(platform, `${EXTENSION}/call-log`, january)) {
    calls += 1;
    legs += call.legs?.length ?? 0;
    recording ??= call.recording;
  }
  console.log(`calls ${calls} legs ${legs}`);

  let active = 0;
  for await (const _ of list(platform, `${EXTENSION}/active-calls`)) active += 1;
  console.log(`active ${active}`);

  if (!recording) {
    console.log("recording none");
    return;
  }
  const response = await platform.get(recording.contentUri);
  const sound = Buffer.from(await response.arrayBuffer());
  const extension = response.headers.get("content-type").startsWith("audio/mpeg") ? "mp3" : "wav";
  await writeFile(`${recording.id}.${extension}`, sound);
  const sha256 = createHash("sha256").update(sound).digest("hex");
  console.log(`recording ${recording.id} ${sound.length} bytes sha256 ${sha256}`);
}

main().catch((error) => {
  console.error(`error: ${[error.response?.status, error.message].filter(Boolean).join(" ")}`);
  process.exitCode = 1;
});
