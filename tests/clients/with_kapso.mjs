// Kapso's client on the simulated WhatsApp. Run by tests/clients/run.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";

const folder = process.env.CLIENTS_FOLDER;
const ready = JSON.parse(readFileSync(`${folder}/ready.json`, "utf8"));
const seed = JSON.parse(readFileSync(`${folder}/seed.json`, "utf8"));
const image = readFileSync(`${process.env.CLIENTS_SAMPLES}/image.png`);
const phoneNumberId = ready.channel.phone_number_id;
const businessAccountId = ready.channel.waba_id;
const client = new WhatsAppClient({
  accessToken: seed.channel.access_token,
  baseUrl: `${ready.base_url}/_sim/graph`,
  graphVersion: "v23.0",
});

async function simulator(path, init) {
  const answer = await fetch(`${ready.base_url}/_sim${path}`, init);
  assert.equal(answer.status, 200);
  return answer.json();
}

const shown = (customer) => simulator(`/customers/${customer}/messages`);

test("text", async () => {
  const to = "4915220000001";
  const sent = await client.messages.sendText({ phoneNumberId, to, body: "Grüße 👋" });
  const [message, ...others] = await shown(to);
  assert.deepEqual(others, []);
  assert.equal(message.id, sent.messages[0].id);
  assert.equal(message.text, "Grüße 👋");
});

test("media", async () => {
  const to = "4915220000002";
  const file = new Blob([image], { type: "image/png" });
  const { id } = await client.media.upload({ phoneNumberId, type: "image", file, fileName: "photo.png" });
  const known = await client.media.get({ mediaId: id, phoneNumberId });
  assert.equal(known.mimeType, "image/png");
  await client.messages.sendImage({ phoneNumberId, to, image: { id, caption: "An image" } });
  const [message] = await shown(to);
  assert.equal(message.type, "image");
  assert.equal(message.raw.image.caption, "An image");
  await client.media.delete({ mediaId: id, phoneNumberId });
  await assert.rejects(client.media.get({ mediaId: id, phoneNumberId }));
});

test("templates", async () => {
  const to = "4915220000003";
  const { data } = await client.templates.list({ businessAccountId, limit: 50 });
  assert.ok(data.some((template) => template.name === "hello_world" && template.status === "APPROVED"));
  const template = { name: "hello_world", language: { code: "en_US" } };
  await client.messages.sendTemplate({ phoneNumberId, to, template });
  const [message] = await shown(to);
  assert.equal(message.type, "template");
  const unknown = { name: "nobody_made_it", language: { code: "en_US" } };
  await assert.rejects(client.messages.sendTemplate({ phoneNumberId, to, template: unknown }), (error) => error.code === 132001);
});

test("read", async () => {
  const written = await simulator("/customers/4915220000004/messages", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "text", text: "Hello?" }),
  });
  const read = await client.messages.markRead({ phoneNumberId, messageId: written.id, typingIndicator: { type: "text" } });
  assert.equal(read.success, true);
});
