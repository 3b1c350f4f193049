// How things are said: moments, numbers, and what is in a message.

import { plain } from "./format.js";

const time = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const shortDay = new Intl.DateTimeFormat(undefined, { dateStyle: "short" });

export const timeOf = (at) => time.format(new Date(at));

export function dayOf(at) {
  const moment = new Date(at);
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (moment.toDateString() === new Date().toDateString()) {
    return "Today";
  }
  return moment.toDateString() === yesterday.toDateString() ? "Yesterday" : day.format(moment);
}

// The time today, else the day.
export function whenOf(at) {
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  return today ? time.format(moment) : shortDay.format(moment);
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export const momentOf = (ms) => moment.format(new Date(Number(ms)));

// How long a sound or a video is: 1:05.
export function lengthOf(seconds) {
  const whole = Number.isFinite(seconds) ? Math.round(seconds) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const UNITS = ["B", "kB", "MB", "GB"];

// How large a file is: 12 kB.
export function sizeOf(bytes) {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const count = bytes / 1000 ** step;
  return `${count < 10 && step > 0 ? count.toFixed(1) : Math.round(count)} ${UNITS[step]}`;
}

// An amount of money: a number, or Meta's value in parts of its offset.
export function amountOf(amount, currency = "") {
  const value = typeof amount === "object" && amount ? amount.value / (amount.offset || 1) : Number(amount);
  return `${Number.isFinite(value) ? value.toFixed(2) : ""} ${currency}`.trim();
}

// A phone number as people write it; a user id as it is.
export const numberOf = (digits) => (/^\d+$/.test(digits) ? `+${digits}` : digits);

export const STATUSES = {
  accepted: "On its way",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not delivered",
};

const KINDS = {
  audio: "Audio",
  button: "Answer to a template",
  contacts: "Contact card",
  document: "Document",
  edit: "Edited message",
  image: "Photo",
  interactive: "Interactive message",
  order: "Order",
  revoke: "Deleted message",
  sticker: "Sticker",
  system: "Notice",
  template: "Template",
  unsupported: "Unsupported message",
  video: "Video",
};

const FORMS = {
  button: "Buttons",
  button_reply: "Chosen button",
  cta_url: "Link",
  flow: "Flow",
  list: "List",
  list_reply: "Chosen row",
  location_request_message: "Location wanted",
  nfm_reply: "Answered flow",
  product: "Product",
  product_list: "Products",
};

// What a message is called that is shown as a line.
export function kindOf(message) {
  if (message.type === "audio" && message.raw.audio?.voice) {
    return "Voice message";
  }
  const form = message.type === "interactive" && FORMS[message.raw.interactive?.type];
  return form || KINDS[message.type] || message.type;
}

const SIGNS = { audio: "🎵", contacts: "👤", document: "📄", image: "📷", location: "📍", order: "🛒", sticker: "💟", video: "🎥" };

// A message in one line.
export function lineOf(message) {
  const said = message.text ? plain(message.text).replaceAll("\n", " ") : "";
  const { type, raw } = message;
  switch (type) {
    case "text":
    case "button":
      return said;
    case "reaction":
      return said ? `Reacted ${said}` : "Took a reaction back";
    case "template":
      return plain(message.template?.body ?? "") || said;
    case "interactive":
      return said || kindOf(message);
    case "audio":
      return `${raw.audio?.voice ? "🎤" : SIGNS.audio} ${kindOf(message)}`;
    case "location":
    case "contacts":
    case "document":
    case "image":
    case "video":
      return `${SIGNS[type]} ${said || kindOf(message)}`;
    default:
      return [SIGNS[type], kindOf(message), said && `: ${said}`].filter(Boolean).join(" ").replace(" :", ":");
  }
}

// The message that another one answers or reacts to.
export const quotedBy = (message) => message.raw.context?.id ?? message.raw.context?.message_id;
export const reactedTo = (message) => (message.type === "reaction" ? message.raw.reaction?.message_id : undefined);
