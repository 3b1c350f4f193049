// The messages of the open chat.

import { draw } from "./bubble.js";
import { button, icon, make } from "./dom.js";
import { dayOf, lineOf, reactedTo } from "./words.js";

const list = document.getElementById("messages");
const scroll = document.getElementById("scroll");
const empty = document.getElementById("empty");
const older = document.getElementById("older");
const typing = document.getElementById("typing");

// As many as the simulator shows at first, and each time earlier ones are asked for.
export const PAGE = 200;

// What in the messages takes the focus; the arrows lead from one to the next.
const STOPS = ":is(a[href], button, input):not([hidden], [aria-hidden])";

let messages = new Map();
let rows = new Map();
let reacted = new Map();
let business = "";
let acts = {};
// Whether the newest message is to stay in sight, whatever grows above it.
let atEnd = true;

// What a message is drawn with: its chat, and what the customer can do.
const context = {
  get business() {
    return business;
  },
  say: (message, content) => acts.say(message, content),
  answer: (message, content) => acts.answer(message, content),
  sendPlace: (message) => acts.sendPlace(message),
  sharePhone: (message) => acts.sharePhone(message),
  announce: (words) => acts.announce(words),
  find: (id) => messages.get(id),
  author: (message) => (message.direction === "in" ? "You" : business),
  reactions: (id) => reacted.get(id) ?? {},
};

// Says whose chat it is, and what the customer can do: `choose` a message, `say` or `answer` something to it, and so on.
export function begin(name, customer) {
  business = name;
  acts = customer;
  atEnd = true;
  messages = new Map();
  rows = new Map();
  reacted = new Map();
  list.replaceChildren();
  empty.hidden = true;
  older.hidden = true;
  typing.hidden = true;
}

export function rename(name) {
  if (name !== business) {
    business = name;
    rows.forEach((_, id) => show(messages.get(id)));
    moveStop();
  }
}

export const oldest = () => messages.keys().next().value;
export const ownReaction = (id) => context.reactions(id).own;
export const unread = () => [...messages.values()].some(({ direction, status }) => direction === "out" && status === "delivered");

// Shows these messages and no others.
export function replace(all) {
  messages = new Map(all.map((message) => [message.id, message]));
  rows = new Map();
  older.hidden = all.length < PAGE;
  layOut();
  toEnd();
}

// Shows earlier messages above the others, which stay where they are on the screen.
export function prepend(earlier) {
  messages = new Map([...earlier.map((message) => [message.id, message]), ...messages]);
  older.hidden = earlier.length < PAGE;
  atEnd = false;
  const below = scroll.scrollHeight - scroll.scrollTop;
  layOut();
  scroll.scrollTop = scroll.scrollHeight - below;
}

// Shows messages that came or changed; answers those that came.
export function update(changed) {
  const came = changed.filter(({ id }) => !messages.has(id));
  changed.forEach((message) => messages.set(message.id, message));
  const touched = new Set(changed.map(({ id }) => id));
  if (changed.some(reactedTo)) {
    const before = reacted;
    gatherReactions();
    changed.map(reactedTo).forEach((id) => touched.add(id));
    before.forEach((_, id) => touched.add(id));
  }
  touched.forEach((id) => {
    if (rows.has(id)) {
      show(messages.get(id));
    }
  });
  came.filter(hasRow).forEach(append);
  settle();
  if (atEnd || came.some(({ direction }) => direction === "in")) {
    toEnd();
  }
  return came;
}

// What follows from all messages together.
function settle() {
  moveStop();
  empty.hidden = rows.size > 0;
  typing.hidden = ![...messages.values()].some((message) => message.typing);
}

function toEnd() {
  atEnd = true;
  scroll.scrollTop = scroll.scrollHeight;
}

scroll.addEventListener("scroll", () => {
  atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
});
// Pictures grow once they are there, and the screen shrinks once a keyboard is.
const sizes = new ResizeObserver(() => atEnd && toEnd());
sizes.observe(list);
sizes.observe(scroll);

// Reactions to a message that is shown are shown on it.
const hasRow = (message) => !messages.has(reactedTo(message));

function layOut() {
  gatherReactions();
  list.replaceChildren();
  [...messages.values()].filter(hasRow).forEach(append);
  settle();
}

function gatherReactions() {
  reacted = new Map();
  for (const message of messages.values()) {
    const id = reactedTo(message);
    if (id && message.status !== "failed") {
      const sides = reacted.get(id) ?? {};
      sides[message.direction === "in" ? "own" : "theirs"] = message.text;
      reacted.set(id, sides);
    }
  }
}

let lastDay = "";

function append(message) {
  const day = dayOf(message.at);
  if (!list.lastChild || day !== lastDay) {
    list.append(make("li", "day", day));
    lastDay = day;
  }
  show(message);
  list.append(rows.get(message.id));
}

function show(message) {
  let row = rows.get(message.id);
  if (!row) {
    row = make("li", "message", make("div", "stack"), actOf(message));
    row.dataset.id = message.id;
    row.dataset.direction = message.direction;
    rows.set(message.id, row);
  }
  row.dataset.status = message.status;
  draw(row.firstChild, message, context);
  const act = row.lastChild;
  act.setAttribute("aria-label", `React or reply to: ${lineOf(message)}`);
  // What never arrived cannot be answered, and what is said with an emoji neither.
  act.hidden = message.status === "failed" || message.type === "reaction";
  row.querySelectorAll(STOPS).forEach((stop) => {
    if (stop !== document.activeElement) {
      stop.tabIndex = -1;
    }
  });
}

function actOf(message) {
  const act = button("act", () => acts.choose(messages.get(message.id)), icon("smile"));
  act.title = "React or reply";
  return act;
}

// Of all messages one thing is a stop of the Tab key; from there the arrows lead on.
function moveStop(to) {
  const stops = list.querySelectorAll("[tabindex='0']");
  const kept = list.contains(document.activeElement) ? stops[0] : undefined;
  const stop = to ?? kept ?? [...list.querySelectorAll(STOPS)].at(-1);
  stops.forEach((other) => {
    other.tabIndex = -1;
  });
  if (stop) {
    stop.tabIndex = 0;
  }
}

list.addEventListener("focusin", ({ target }) => target.matches(STOPS) && moveStop(target));
list.addEventListener("keydown", (event) => {
  const all = [...list.querySelectorAll(STOPS)];
  const place = all.indexOf(document.activeElement);
  const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: all.length - 1 }[event.key];
  if (place >= 0 && to !== undefined) {
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))].focus();
  }
});
