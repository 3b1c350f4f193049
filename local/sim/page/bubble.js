// One message as WhatsApp draws it.

import { choicesOf, formatted, kindOf, lineOf, numberOf, quotedBy, STATUSES, timeOf } from "./words.js";

export function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) {
    element.className = className;
  }
  element.append(...content);
  return element;
}

function said(tag, className, ...content) {
  const element = make(tag, className, ...content);
  element.dir = "auto";
  return element;
}

const SVG = "http://www.w3.org/2000/svg";
const TICK = "M1 7l3.5 3.5L12 3";
const STROKES = {
  accepted: ["M7 3.5V7l2.5 1.5", "M7 1.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11"],
  sent: [TICK],
  delivered: [TICK, "M8.5 10.5L16 3"],
  read: [TICK, "M8.5 10.5L16 3"],
  failed: ["M7 3.5v4", "M7 10v.5", "M7 1.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11"],
};

function ticks(status) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 17 14");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", STATUSES[status] ?? status);
  drawing.setAttribute("class", `ticks ${status}`);
  for (const stroke of STROKES[status] ?? []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", stroke);
    drawing.append(path);
  }
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
  return [said("blockquote", "", ...author, said("span", "", line))];
}

function place(message) {
  const { name, address, latitude, longitude } = message.raw.location ?? {};
  const named = [name, address].filter((text) => typeof text === "string" && text);
  const lines = named.map((text) => said("span", "", text));
  return make("div", "place", make("strong", "", "Location"), ...lines, make("span", "", `${latitude}, ${longitude}`));
}

function content(message) {
  if (message.type === "text") {
    return [said("p", "said", ...formatted(message.text ?? ""))];
  }
  if (message.type === "location") {
    return [place(message)];
  }
  if (message.type === "reaction") {
    return [said("p", "said note", lineOf(message), " (an earlier message)")];
  }
  const choices = choicesOf(message).map((title) => said("li", "", title));
  return [
    make("p", "kind", kindOf(message)),
    ...(message.text ? [said("p", "said", ...formatted(message.text))] : []),
    ...(choices.length ? [make("ul", "choices", ...choices)] : []),
  ];
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

// Draws a message into its bubble, whatever was in it.
export function draw(bubble, message, context) {
  const time = make("time", "", timeOf(message.at));
  time.dateTime = message.at;
  bubble.replaceChildren(
    make("span", "unseen", `${context.author(message)}: `),
    ...quote(message, context),
    ...content(message),
    make("span", "foot", time, ticks(message.status)),
    ...why(message),
    ...reactions(message, context),
  );
}

// A small picture of somebody without one.
export function face(name, number) {
  const element = make("span", "face", (Array.from(name.trim())[0] ?? "?").toUpperCase());
  element.setAttribute("aria-hidden", "true");
  element.dataset.hue = String(Array.from(numberOf(number)).reduce((sum, digit) => sum + digit.charCodeAt(0), 0) % 6);
  return element;
}
