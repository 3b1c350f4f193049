// Interactive messages of the business, and what customers answer them with.

import { chooseProducts, chooseRow, fillIn } from "./choices.js";
import { icon, make, said } from "./dom.js";
import { formatted } from "./format.js";
import { addresses, drawFile, file } from "./media.js";
import { buttonReply, callReply, linkTap, tap } from "./taps.js";
import { amountOf } from "./words.js";

const list = (value) => (Array.isArray(value) ? value : []);

// The words of a message: a heading, the body, a footer.
export function words({ header, body, footer }) {
  return [
    ...(header ? [said("h3", "head", header)] : []),
    ...(body ? [said("div", "said", ...formatted(body))] : []),
    ...(footer ? [said("p", "footer", footer)] : []),
  ];
}

// The file in a heading; `next` answers where the simulator keeps the message's next file.
export function heading(header, next) {
  const form = header?.type;
  return ["image", "video", "document", "gif"].includes(form) ? [drawFile(file(form, header[form], next()))] : [];
}

// What is in the bubble, what may be tapped below it, and the cards that are beside each other under it.
export function drawInteractive(message, context) {
  const node = message.raw.interactive ?? {};
  const reply = answered(node);
  if (reply) {
    return { content: reply, taps: [] };
  }
  const { header, body, footer, action = {} } = node;
  const next = addresses(message);
  return {
    content: [
      ...heading(header, next),
      ...special(node),
      ...words({ header: header?.type === "text" ? header.text : "", body: body?.text, footer: footer?.text }),
    ],
    taps: tapsOf(node.type, action, message, context),
    cards: node.type === "carousel" ? list(action.cards).map((card) => cardOf(card, next, message, context)) : [],
  };
}

function cardOf(card, next, message, context) {
  const { header, body, action = {} } = card ?? {};
  return {
    content: [...heading(header, next), ...words({ body: body?.text })],
    taps: tapsOf(card?.type, action, message, context),
  };
}

function tapsOf(type, action, message, context) {
  const { parameters = {} } = action;
  switch (type) {
    case "button":
      return list(action.buttons).map(({ reply }) => tap("reply", reply.title, () => context.answer(message, buttonReply(reply))));
    case "list":
      return [tap("list", action.button ?? "Choose", () => chooseRow(message, context))];
    case "cta_url":
      return [linkTap(parameters.display_text ?? "Open", parameters.url)];
    case "flow":
      return [tap("form", parameters.flow_cta ?? "Open", () => fillFlow(message, context, parameters.flow_token))];
    case "address_message":
      return [tap("form", "Provide address", () => fillAddress(message, context, parameters))];
    case "location_request_message":
      return [tap("pin", "Send location", () => context.sendPlace(message))];
    case "call_permission_request":
      return callTaps(message, context);
    case "product":
      return [tap("shop", "View", () => chooseProducts(message, context, shelf(action, [action.product_retailer_id])))];
    case "product_list":
      return [tap("shop", "View items", () => chooseProducts(message, context, shelf(action, productsOf(action))))];
    case "catalog_message": {
      const products = [parameters.thumbnail_product_retailer_id ?? "sample-product"];
      return [tap("shop", "View catalogue", () => chooseProducts(message, context, shelf(action, products)))];
    }
    case "voice_call":
      return [make("span", "tap off", icon("call"), said("span", "", parameters.display_text ?? "Call now"))];
    case "order_details":
      return [make("span", "tap off", icon("shop"), make("span", "", "Review and pay"))];
    case "request_contact_info":
      return [tap("contact", "Share contact", () => context.sharePhone(message))];
    default:
      return [];
  }
}

const shelf = ({ catalog_id }, products) => ({ catalog: catalog_id ?? "catalogue", products: products.filter(Boolean) });

const productsOf = ({ sections }) =>
  list(sections).flatMap((section) => list(section?.product_items).map((item) => item?.product_retailer_id));

export function fillFlow(message, context, token) {
  fillIn(message, context, {
    title: "Answer the flow",
    name: "flow",
    told: "The screens of a flow stand at Meta. Here you write what they would answer.",
    data: { flow_token: token || "unused" },
  });
}

function fillAddress(message, context, { values }) {
  fillIn(message, context, {
    title: "Provide address",
    name: "address_message",
    told: "What the customer fills in.",
    data: { values: { name: "Ada", phone_number: "", address: "", city: "", ...values } },
  });
}

export const callTaps = (message, context) =>
  [
    ["Always allow calls", "accept", true],
    ["Allow for a week", "accept", false],
    ["Do not allow", "reject", false],
  ].map(([title, response, isPermanent]) =>
    tap("call", title, () => context.answer(message, callReply(response, isPermanent))),
  );

// What some kinds show above their words.
function special({ type, action = {} }) {
  const { parameters = {} } = action;
  if (type === "order_details") {
    const { order = {}, currency, total_amount, reference_id } = parameters;
    const lines = list(order.items).map(({ name, quantity, amount }) =>
      make("tr", "", said("td", "", `${quantity} × ${name}`), make("td", "", amountOf(amount, currency))),
    );
    const total = make("tr", "total", make("td", "", "Total"), make("td", "", amountOf(total_amount, currency)));
    return [make("p", "kind", icon("shop"), `Order ${reference_id ?? ""}`), make("table", "bill", ...lines, total)];
  }
  if (type === "order_status") {
    const { order = {}, reference_id } = parameters;
    const status = String(order.status ?? "").replaceAll("_", " ");
    return [make("p", "kind", icon("shop"), said("span", "", `Order ${reference_id ?? ""}: ${status}`))];
  }
  if (type === "product" || type === "product_list" || type === "catalog_message") {
    const items = type === "product" ? [action.product_retailer_id] : productsOf(action);
    const called = items.length > 1 ? `${items.length} items` : items[0] ?? "The catalogue";
    return [make("div", "missing", icon("shop"), make("span", "words", said("strong", "", called)))];
  }
  return [];
}

// The customer's answer to an interactive message.
function answered({ type, button_reply, list_reply, nfm_reply, call_permission_reply }) {
  switch (type) {
    case "button_reply":
      return [said("div", "said", button_reply?.title ?? "")];
    case "list_reply": {
      const { title, description } = list_reply ?? {};
      return [said("div", "said", title ?? ""), ...(description ? [said("p", "faint", description)] : [])];
    }
    case "nfm_reply":
      return [
        make("p", "kind", icon("form"), nfm_reply?.name === "address_message" ? "Address sent" : "Response sent"),
        said("pre", "data", nfm_reply?.response_json ?? ""),
      ];
    case "call_permission_reply":
      return [make("p", "kind", icon("call"), call_permission_reply?.response === "accept" ? "Calls allowed" : "Calls not allowed")];
    default:
      return undefined;
  }
}
