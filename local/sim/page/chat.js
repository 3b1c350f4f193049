// The messages of the open chat.

import { draw, make } from "./bubble.js";
import { dayOf, lineOf, reactedTo } from "./words.js";

const list = document.getElementById("messages");
const scroll = document.getElementById("scroll");
const empty = document.getElementById("empty");
const older = document.getElementById("older");

// As many as the simulator shows at first, and each time earlier ones are asked for.
export const PAGE = 200;

// The buttons of the messages, among which the arrows lead.
const ACTS = ".act:not([hidden])";

let messages = new Map();
let rows = new Map();
let reacted = new Map();
let business = "";
let choose = () => {};

const context = {
  get business() {
    return business;
  },
  find: (id) => messages.get(id),
  author: (message) => (message.direction === "in" ? "You" : business),
  reactions: (id) => reacted.get(id) ?? {},
};

// Says whose chat it is, and what is done with a message that is chosen.
export function begin(name, chosen) {
  business = name;
  choose = chosen;
  messages = new Map();
  rows = new Map();
  reacted = new Map();
  list.replaceChildren();
  empty.hidden = true;
  older.hidden = true;
}

export function rename(name) {
  if (name !== business) {
    business = name;
    rows.forEach((row, id) => draw(row.firstChild, messages.get(id), context));
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
  scroll.scrollTop = scroll.scrollHeight;
}

// Shows earlier messages above the others, which stay where they are on the screen.
export function prepend(earlier) {
  messages = new Map([...earlier.map((message) => [message.id, message]), ...messages]);
  older.hidden = earlier.length < PAGE;
  const below = scroll.scrollHeight - scroll.scrollTop;
  layOut();
  scroll.scrollTop = scroll.scrollHeight - below;
}

// Shows messages that came or changed; answers those that came.
export function update(changed) {
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
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
  moveStop();
  empty.hidden = rows.size > 0;
  if (atEnd || came.some(({ direction }) => direction === "in")) {
    scroll.scrollTop = scroll.scrollHeight;
  }
  return came;
}

// Reactions to a message that is shown are shown on it.
const hasRow = (message) => !messages.has(reactedTo(message));

function layOut() {
  gatherReactions();
  list.replaceChildren();
  [...messages.values()].filter(hasRow).forEach(append);
  moveStop();
  empty.hidden = rows.size > 0;
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
    row = make("li", "message", make("div", "bubble"), button(message));
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
}

function button(message) {
  const act = make("button", "act", "☺");
  act.type = "button";
  act.tabIndex = -1;
  act.title = "React or reply";
  act.addEventListener("click", () => choose(messages.get(message.id)));
  act.addEventListener("focus", () => moveStop(act));
  return act;
}

// Of all messages one is a stop of the Tab key; from there the arrows lead on.
function moveStop(to) {
  const stops = list.querySelectorAll(".act[tabindex='0']");
  const kept = list.contains(document.activeElement) ? stops[0] : undefined;
  const stop = to ?? kept ?? [...list.querySelectorAll(ACTS)].at(-1);
  stops.forEach((other) => {
    other.tabIndex = -1;
  });
  if (stop) {
    stop.tabIndex = 0;
  }
}

list.addEventListener("keydown", (event) => {
  const all = [...list.querySelectorAll(ACTS)];
  const place = all.indexOf(document.activeElement);
  const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: all.length - 1 }[event.key];
  if (place >= 0 && to !== undefined) {
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))].focus();
  }
});
