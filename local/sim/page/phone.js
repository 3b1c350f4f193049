// The page: whose phone it is, which chat is open, and what the customer does.

import * as attach from "./attach.js";
import * as chat from "./chat.js";
import { focusCustomer, showCustomers } from "./customers.js";
import { button, icon, make } from "./dom.js";
import { attempt, open as openForm } from "./forms.js";
import { ask, customerPath, watch } from "./server.js";
import { lineOf, numberOf } from "./words.js";

const FIRST = { number: "923001234567", name: "Ada" };
const EMOJIS = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const KEPT = "openwati-read-at-once";

const at = (id) => document.getElementById(id);

let numbers = [];
let customers = [];
// The open chat: the customer's number and the business number's id, if one was picked.
let customer = "";
let channel = "";
let replyTo = "";
let stop = () => {};

// --- What the address says --------------------------------------------------------------------------------------------

function readAddress() {
  const [number, picked] = decodeURIComponent(location.hash.slice(1)).split("@");
  return { number: number.replace(/^\+/, ""), picked: picked ?? "" };
}

function go(number, picked) {
  const names = [number, picked].filter(Boolean).map(encodeURIComponent);
  const address = `#${names.join("@")}`;
  if (address !== (location.hash || "#")) {
    history.pushState(null, "", address);
  }
  follow();
}

// Opens what the address names.
function follow() {
  const { number, picked } = readAddress();
  at("problem").hidden = true;
  [customer, channel] = [number, picked];
  replyTo = "";
  showReply();
  at("text").value = "";
  grow();
  at("app").dataset.view = customer ? "chat" : "list";
  at("chat").hidden = !customer;
  at("welcome").hidden = Boolean(customer);
  chat.begin(business().name, acts);
  showNumbers();
  showWho();
  listen();
}

// Shows what there is and what changes.
function listen() {
  stop();
  const query = { ...(customer && { customer }), ...(customer && channel && { channel }) };
  stop = watch(query, {
    connected: (is) => {
      at("offline").hidden = is;
    },
    refused: async () => {
      try {
        // The refusal itself says no more than that it is one.
        const part = new URLSearchParams({ limit: "1", ...(channel && { channel }) });
        await ask("GET", customer ? customerPath(customer, `/messages?${part}`) : "numbers");
      } catch (error) {
        complain(error);
        return !error.isRefusal;
      }
      return true;
    },
    numbers: (all) => {
      numbers = all;
      showNumbers();
      showWho();
      chat.rename(business().name);
    },
    customers: (all) => {
      customers = all;
      showWho();
    },
    chat: (messages) => {
      chat.replace(messages);
      readAll();
    },
    messages: (messages) => {
      const came = chat.update(messages);
      came.filter(({ direction }) => direction === "out").forEach(announce);
      readAll();
    },
  });
}

// --- Who and with whom ------------------------------------------------------------------------------------------------

function business() {
  const number = numbers.find(({ phone_number_id }) => phone_number_id === channel) ?? numbers[0];
  return number ?? { name: "The business", phone_number: "", phone_number_id: "" };
}

function showWho() {
  showCustomers(customers, customer, (number) => {
    const chosen = customers.find((known) => known.number === number);
    openPhone(number, numbers.length > 1 ? chosen?.last?.channel : "");
  });
  const { name, phone_number } = business();
  at("chat-title").textContent = name;
  const owner = customers.find(({ number }) => number === customer);
  const phone = numberOf(customer);
  at("own-number").textContent = phone_number && numbers.length < 2 ? `${numberOf(phone_number)} · ` : "";
  at("owner").textContent = `Phone of ${owner ? `${owner.name}, ${phone}` : phone}`;
}

function showNumbers() {
  const { phone_number_id } = business();
  at("channel-label").hidden = numbers.length < 2;
  at("channel").replaceChildren(
    ...numbers.map((number) => {
      const option = make("option", "", `${numberOf(number.phone_number)} ${number.name}`);
      option.value = number.phone_number_id;
      option.selected = number.phone_number_id === phone_number_id;
      return option;
    }),
  );
}

function openPhone(number, picked = "") {
  go(number, picked);
  // A finger does not want the keyboard of the screen at once.
  at(matchMedia("(pointer: coarse)").matches ? "chat-title" : "text").focus();
}

async function takePhone(number, name) {
  const made = await ask("PUT", customerPath(number), { name });
  if (!customers.some((known) => known.number === made.number)) {
    customers = [{ ...made, unread: 0, last: null }, ...customers];
  }
  return made.number;
}

// --- What the customer does -------------------------------------------------------------------------------------------

const withChannel = (message) => (channel ? { ...message, channel } : message);

// Sends what the customer says, with a file or without, as an answer to the message that is replied to, if any.
async function write(message, file) {
  await post(replyTo ? { ...message, context: { message_id: replyTo } } : message, file);
  replyTo = "";
  showReply();
}

function post(message, file) {
  const whole = withChannel(message);
  if (!file) {
    return ask("POST", customerPath(customer, "/messages"), whole);
  }
  const form = new FormData();
  form.append("message", JSON.stringify(whole));
  form.append("file", file, file.name);
  return ask("POST", customerPath(customer, "/messages"), form);
}

// Says something to one message, as a tap on it does.
const say = (message, content) => post({ ...content, context: { message_id: message.id } });

const acts = {
  choose: chooseMessage,
  say,
  answer: (message, content) => say(message, content).catch(complain),
  sendPlace: (message) => openForm("place", (filled) => say(message, placed(filled))),
  sharePhone: (message) => {
    const name = customers.find(({ number }) => number === customer)?.name ?? numberOf(customer);
    return acts.answer(message, { type: "contacts", contacts: [attach.person(name, customer)] });
  },
  announce: (words) => {
    at("news").textContent = words;
  },
};

function react(id, emoji) {
  const reaction = emoji ? { message_id: id, emoji } : { message_id: id };
  return ask("POST", customerPath(customer, "/messages"), withChannel({ type: "reaction", reaction }));
}

let isReading = false;

// Reads what has arrived, as opening a chat does.
async function readAll() {
  const sees = at("reading").checked && document.visibilityState === "visible" && customer;
  if (!sees || isReading || !chat.unread()) {
    return;
  }
  isReading = true;
  try {
    await ask("POST", customerPath(customer, "/read"), { channel: business().phone_number_id });
  } catch (error) {
    complain(error);
  } finally {
    isReading = false;
  }
}

async function sendText() {
  const text = at("text").value.trim();
  if (!text) {
    return;
  }
  try {
    await write({ type: "text", text });
    at("text").value = "";
    grow();
  } catch (error) {
    complain(error);
  }
}

function placed({ latitude, longitude, name, address }) {
  const location = {
    latitude: Number(latitude),
    longitude: Number(longitude),
    ...(name && { name }),
    ...(address && { address }),
  };
  return { type: "location", location };
}

function chooseMessage(message) {
  const dialog = at("act");
  const own = chat.ownReaction(message.id);
  at("act-message").textContent = lineOf(message);
  at("emojis").replaceChildren(
    ...EMOJIS.map((emoji) => {
      const take = () => attempt(dialog, () => react(message.id, emoji === own ? "" : emoji));
      const choice = button("emoji", take, emoji);
      choice.setAttribute("aria-pressed", String(emoji === own));
      return choice;
    }),
  );
  at("take-back").hidden = !own;
  at("take-back").onclick = () => attempt(dialog, () => react(message.id, ""));
  at("reply").onclick = () => {
    replyTo = message.id;
    showReply(lineOf(message));
    dialog.close();
    at("text").focus();
  };
  dialog.querySelector("form").reset();
  openForm("act", ({ emoji }) => {
    if (!emoji.trim()) {
      throw new Error("Which emoji?");
    }
    return react(message.id, emoji.trim());
  });
}

function showReply(line = "") {
  at("replying").hidden = !replyTo;
  at("replying-text").textContent = line;
}

// --- What the page says -----------------------------------------------------------------------------------------------

function announce(message) {
  const failed = message.status === "failed" ? ", not delivered" : "";
  at("news").textContent = `${business().name}: ${lineOf(message)}${failed}`;
}

function complain(error) {
  at("problem-text").textContent = error.message;
  at("problem").hidden = false;
}

function grow() {
  const text = at("text");
  text.rows = Math.min(6, text.value.split("\n").length);
}

// --- Keys and buttons -------------------------------------------------------------------------------------------------

at("problem-close").addEventListener("click", () => {
  at("problem").hidden = true;
  at(customer ? "text" : "new-customer").focus();
});
at("first-customer").addEventListener("click", async () => {
  try {
    openPhone(await takePhone(FIRST.number, FIRST.name));
  } catch (error) {
    complain(error);
  }
});
at("new-customer").addEventListener("click", () => {
  at("make").querySelector("form").reset();
  openForm("make", async ({ number, name }) => {
    const taken = await takePhone(number, name.trim());
    return () => openPhone(taken);
  });
});
at("back").addEventListener("click", () => {
  const left = customer;
  go("");
  focusCustomer(left);
});
at("channel").addEventListener("change", ({ target }) => go(customer, target.value));
at("older").addEventListener("click", async () => {
  const query = new URLSearchParams({
    channel: business().phone_number_id,
    failed: "true",
    before: chat.oldest(),
    limit: String(chat.PAGE),
  });
  try {
    chat.prepend(await ask("GET", customerPath(customer, `/messages?${query}`)));
  } catch (error) {
    complain(error);
  }
});
at("place-open").addEventListener("click", () => {
  at("attach").close();
  openForm("place", (filled) => write(placed(filled)));
});
attach.begin(write);
for (const signed of document.querySelectorAll("[data-icon]")) {
  signed.prepend(icon(signed.dataset.icon));
}
at("no-reply").addEventListener("click", () => {
  replyTo = "";
  showReply();
  at("text").focus();
});
at("writer").addEventListener("submit", (event) => {
  event.preventDefault();
  sendText();
});
at("text").addEventListener("input", grow);
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    sendText();
  }
});
// Private windows may keep nothing.
try {
  at("reading").checked = localStorage.getItem(KEPT) !== "no";
} catch {
  at("reading").checked = true;
}
at("reading").addEventListener("change", () => {
  try {
    localStorage.setItem(KEPT, at("reading").checked ? "yes" : "no");
  } catch {
    // It holds until the page is left.
  }
  readAll();
});
window.addEventListener("hashchange", follow);
// A browser has few connections to a host. A page that nobody sees, or that is kept to go back to, must not hold one.
document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? listen() : stop()));
window.addEventListener("pagehide", () => stop());
window.addEventListener("pageshow", ({ persisted }) => persisted && listen());
follow();
