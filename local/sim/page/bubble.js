// One message as WhatsApp draws it.

import { people, place } from "./cards.js";
import { button, drawn, icon, make, said } from "./dom.js";
import { formatted } from "./format.js";
import { drawInteractive } from "./interactive.js";
import { drawFile, file } from "./media.js";
import { drawTemplate } from "./template.js";
import { amountOf, kindOf, lineOf, numberOf, quotedBy, STATUSES, timeOf } from "./words.js";

const TICK = "M1 7l3.5 3.5L12 3";
const STROKES = {
  accepted: ["M7 3.5V7l2.5 1.5", "M7 1.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11"],
  sent: [TICK],
  delivered: [TICK, "M8.5 10.5L16 3"],
  read: [TICK, "M8.5 10.5L16 3"],
  failed: ["M7 3.5v4", "M7 10v.5", "M7 1.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11"],
};

export function ticks(status) {
  const drawing = drawn("0 0 17 14", STROKES[status] ?? []);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", STATUSES[status] ?? status);
  drawing.setAttribute("class", `ticks ${status}`);
  return drawing;
}

function quote(message, context) {
  const id = quotedBy(message);
  if (typeof id !== "string") {
    return [];
  }
  const quoted = context.find(id);
  const line = quoted ? lineOf(quoted) : "An earlier message";
  const author = quoted ? [make("strong", "", context.author(quoted))] : [];
  return [said("blockquote", "quoted", ...author, said("span", "", line))];
}

const text = (words) => (words ? [said("div", "said", ...formatted(words))] : []);

// What is in the bubble, what may be tapped below it, and the cards under it.
function parts(message, context) {
  const { type, raw } = message;
  switch (type) {
    case "text":
      return { content: text(message.text ?? "") };
    case "image":
    case "video":
    case "audio":
    case "document":
    case "sticker":
      return { content: [drawFile(file(type, raw[type], message.media_url)), ...text(raw[type]?.caption)] };
    case "location":
      return { content: [place(raw.location)] };
    case "contacts":
      return { content: people(raw.contacts) };
    case "interactive":
      return drawInteractive(message, context);
    case "template":
      return drawTemplate(message, context);
    case "button":
      return { content: text(raw.button?.text) };
    case "order":
      return { content: ordered(raw.order ?? {}) };
    case "reaction":
      return { content: [said("p", "said note", lineOf(message), " (an earlier message)")] };
    default:
      return { content: [make("p", "kind", kindOf(message)), ...text(message.text)] };
  }
}

// Callers may let a customer say anything, so that a message need not have what its kind has.
function partsOf(message, context) {
  try {
    return parts(message, context);
  } catch {
    return { content: [make("p", "kind", kindOf(message)), ...text(message.text)] };
  }
}

function ordered({ product_items, text: words }) {
  const items = Array.isArray(product_items) ? product_items : [];
  const lines = items.map(({ product_retailer_id, quantity, item_price, currency }) =>
    make("tr", "", said("td", "", `${quantity} × ${product_retailer_id}`), make("td", "", amountOf(item_price * quantity, currency))),
  );
  return [make("p", "kind", icon("shop"), "Order"), make("table", "bill", ...lines), ...text(words)];
}

function why(message) {
  if (message.status !== "failed") {
    return [];
  }
  const { code, title, details } = message.error ?? {};
  const reason = code ? `: ${title} (${code}). ${details}` : ".";
  return [make("p", "why", `Not delivered${reason}`)];
}

function reactions(message, context) {
  const { own, theirs } = context.reactions(message.id);
  const emojis = [...new Set([theirs, own].filter(Boolean))];
  if (!emojis.length) {
    return [];
  }
  const words = [own && `You reacted ${own}`, theirs && `${context.business} reacted ${theirs}`];
  const shown = make("p", "reactions", emojis.join(""), own && own === theirs ? " 2" : "");
  shown.setAttribute("role", "img");
  shown.setAttribute("aria-label", words.filter(Boolean).join(", "));
  return [shown];
}

function foot(message) {
  const time = make("time", "", timeOf(message.at));
  time.dateTime = message.at;
  return make("span", "foot", time, ticks(message.status));
}

function card({ content, taps }) {
  const inner = make("div", "inside", ...content);
  return make("li", "card", inner, ...(taps?.length ? [make("div", "taps", ...taps)] : []));
}

// The cards beside each other; whoever has a mouse alone goes from one to the next by two buttons.
function strip(cards) {
  const row = make("ul", "strip", ...cards.map(card));
  row.setAttribute("aria-label", `${cards.length} cards`);
  // What is in it leads through it; a browser would make what scrolls a stop of its own.
  row.tabIndex = -1;
  const go = (sign, direction) => {
    const step = button(`step ${sign}`, () => row.scrollBy({ left: direction * 240, behavior: "smooth" }), icon(sign));
    step.setAttribute("aria-hidden", "true");
    return step;
  };
  return make("div", "cards", row, go("previous", -1), go("next", 1));
}

// Draws a message into its place, whatever was there. What the message says is left as it is while that stays the same,
// so that a voice goes on and the focus stays when a tick comes.
export function draw(stack, message, context) {
  const quoted = quote(message, context);
  const known = [context.business, message.type, message.text, message.media_url, message.media_urls, message.template];
  const key = JSON.stringify([...known, message.raw, quoted.map((element) => element.textContent)]);
  if (stack.key !== key) {
    stack.key = key;
    const { content, taps = [], cards = [] } = partsOf(message, context);
    const inside = make("div", "inside", make("span", "unseen", `${context.author(message)}: `), ...quoted, ...content);
    const bubble = make("div", `bubble is-${message.type}`, inside, ...(taps.length ? [make("div", "taps", ...taps)] : []));
    bubble.classList.toggle("bare", !inside.querySelector(":scope > :is(.said, .footer, .kind, .head)"));
    stack.replaceChildren(bubble, ...(cards.length ? [strip(cards)] : []));
  }
  const [bubble] = stack.children;
  const inside = bubble.firstChild;
  inside.querySelectorAll(":scope > .foot").forEach((element) => element.remove());
  bubble.querySelectorAll(":scope > :is(.why, .reactions)").forEach((element) => element.remove());
  inside.append(foot(message));
  bubble.append(...why(message), ...reactions(message, context));
}

// A small picture of somebody without one.
export function face(name, number) {
  const element = make("span", "face", (Array.from(name.trim())[0] ?? "?").toUpperCase());
  element.setAttribute("aria-hidden", "true");
  element.dataset.hue = String(Array.from(numberOf(number)).reduce((sum, digit) => sum + digit.charCodeAt(0), 0) % 6);
  return element;
}
