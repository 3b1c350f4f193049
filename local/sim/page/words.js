// How things are said: moments, numbers, and what is in a message. Text of users only ever becomes text nodes.

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

// What may be chosen in it.
export function choicesOf(message) {
  const action = message.raw.interactive?.action ?? {};
  const buttons = Array.isArray(action.buttons) ? action.buttons : [];
  const rows = (Array.isArray(action.sections) ? action.sections : []).flatMap((section) => section?.rows ?? []);
  const titles = [...buttons.map((button) => button?.reply?.title), ...rows.map((row) => row?.title)];
  return titles.filter((title) => typeof title === "string");
}

// A message in one line.
export function lineOf(message) {
  const said = message.text ?? "";
  switch (message.type) {
    case "text":
      return said;
    case "reaction":
      return said ? `Reacted ${said}` : "Took a reaction back";
    case "location":
      return `Location: ${said}`;
    default:
      return said ? `${kindOf(message)}: ${said}` : kindOf(message);
  }
}

// The message that another one answers or reacts to.
export const quotedBy = (message) => message.raw.context?.id ?? message.raw.context?.message_id;
export const reactedTo = (message) => (message.type === "reaction" ? message.raw.reaction?.message_id : undefined);

const MARKS = [
  [/```([^`]+)```/, "code"],
  [/(?<![\p{L}\p{N}*])\*(\S|\S[^*\n]*\S)\*(?![\p{L}\p{N}*])/u, "strong"],
  [/(?<![\p{L}\p{N}_])_(\S|\S[^_\n]*\S)_(?![\p{L}\p{N}_])/u, "em"],
  [/(?<![\p{L}\p{N}~])~(\S|\S[^~\n]*\S)~(?![\p{L}\p{N}~])/u, "s"],
  [/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/, "a"],
];

// A text as WhatsApp formats it: *strong*, _slanted_, ~struck~, ```as it is```, and links.
export function formatted(text) {
  let first;
  for (const [pattern, tag] of MARKS) {
    const found = pattern.exec(text);
    if (found && (!first || found.index < first.found.index)) {
      first = { found, tag };
    }
  }
  if (!first) {
    return text ? [document.createTextNode(text)] : [];
  }
  const { found, tag } = first;
  const element = document.createElement(tag);
  const isPlain = tag === "code" || tag === "a";
  element.append(...(isPlain ? [found[1]] : formatted(found[1])));
  if (tag === "a") {
    element.href = found[1];
    element.target = "_blank";
    element.rel = "noopener noreferrer";
  }
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return [...(before ? [before] : []), element, ...formatted(after)];
}
