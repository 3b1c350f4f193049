// Messages that were made of a template.

import { chooseProducts } from "./choices.js";
import { icon, make, said } from "./dom.js";
import { callTaps, fillFlow, heading, words } from "./interactive.js";
import { addresses } from "./media.js";
import { place } from "./cards.js";
import { callTap, copyTap, linkTap, quickReply, tap } from "./taps.js";
import { momentOf } from "./words.js";

const list = (value) => (Array.isArray(value) ? value : []);
const is = (kind) => (part) => String(part?.type ?? "").toLowerCase() === kind;

// What is in the bubble, what may be tapped below it, and the cards that are beside each other under it. `template` is
// what the simulator made of the catalogue's template; what the business sent is in `raw`.
export function drawTemplate(message, context) {
  const sent = message.raw.template ?? {};
  const shown = message.template;
  if (!shown) {
    return { content: [make("p", "kind", icon("document"), "Template"), said("div", "said", message.text ?? sent.name ?? "")], taps: [] };
  }
  const next = addresses(message);
  const components = list(sent.components);
  const main = part(shown, components, next, message, context);
  // Files are counted as the business sent them, cards as the template has them.
  const given = new Map(list(components.find(is("carousel"))?.cards).map((card) => [Number(card.card_index), list(card.components)]));
  const files = new Map([...given].map(([index, inner]) => [index, headerOf(inner) ? next() : undefined]));
  const cards = list(shown.cards).map((card, index) =>
    part(card, given.get(index) ?? [], () => files.get(index), message, context),
  );
  return { ...main, cards };
}

const headerOf = (components) => components.find(is("header"))?.parameters?.[0];

function part({ header, body, footer, buttons, limited_time_offer: offer }, components, next, message, context) {
  const given = headerOf(components);
  return {
    content: [
      ...(header?.type === "location" ? [place(header.location)] : heading(given, next)),
      ...(offer ? [ending(offer)] : []),
      ...words({ header: header?.text, body, footer }),
    ],
    taps: list(buttons).map((button) => tapOf(button, message, context)),
  };
}

function ending({ text, expiration_time_ms: until }) {
  const words = [said("strong", "", text || "Offer"), ...(until ? [make("span", "", `Ends ${momentOf(until)}`)] : [])];
  return make("div", "missing", icon("tag"), make("span", "words", ...words));
}

function tapOf({ type, text, url, phone_number, payload, code, action }, message, context) {
  switch (type) {
    case "quick_reply":
      return tap("reply", text, () => context.answer(message, quickReply(text, payload)));
    case "url":
      return linkTap(text, url);
    case "phone_number":
      return callTap(text, phone_number);
    case "voice_call":
      return off("call", text || "Call now");
    case "copy_code":
    case "otp":
      return copyTap(text || "Copy code", String(code ?? ""), context);
    case "flow":
      return tap("form", text, () => fillFlow(message, context, action?.flow_token));
    case "catalog":
    case "mpm":
    case "spm":
      return tap("shop", text || "View", () => chooseProducts(message, context, shelf(action)));
    case "call_permission_request":
      return make("div", "several", ...callTaps(message, context));
    case "request_contact_info":
      return tap("contact", text || "Share contact", () => context.sharePhone(message));
    default:
      return off("missing", text || String(type));
  }
}

const off = (sign, text) => make("span", "tap off", icon(sign), said("span", "", text));

function shelf({ thumbnail_product_retailer_id, sections } = {}) {
  const items = list(sections).flatMap((section) => list(section?.product_items));
  const products = items.map((item) => item?.product_retailer_id).filter(Boolean);
  return { catalog: "catalogue", products: products.length ? products : [thumbnail_product_retailer_id ?? "sample-product"] };
}
