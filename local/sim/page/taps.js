// Buttons of a message that the customer may tap, and what a tap says to the business.

import { button, icon, link, make, said } from "./dom.js";

// A button below a message, as wide as it.
export function tap(sign, title, act) {
  return button("tap", act, icon(sign), said("span", "", title));
}

// One that leads to a page; where the address leads nowhere, the words alone.
export function linkTap(title, address) {
  const words = said("span", "", title);
  return (
    link("tap", address, icon("link"), words, make("span", "unseen", " (another page)")) ??
    make("span", "tap off", icon("link"), words)
  );
}

export function callTap(title, number) {
  const element = make("a", "tap", icon("call"), said("span", "", title));
  element.href = `tel:+${String(number).replace(/\D/g, "")}`;
  return element;
}

export function copyTap(title, code, context) {
  return tap("copy", title, async () => {
    try {
      await navigator.clipboard.writeText(code);
      context.announce(`Copied: ${code}`);
    } catch {
      context.announce(`The code is ${code}`);
    }
  });
}

const interactive = (type, content) => ({ type: "interactive", interactive: { type, [type]: content } });

export const buttonReply = ({ id, title }) => interactive("button_reply", { id, title });
export const listReply = ({ id, title, description }) =>
  interactive("list_reply", { id, title, ...(description && { description }) });
export const quickReply = (text, payload) => ({ type: "button", button: { text, payload: payload || text } });
export const formReply = (name, body, data) => interactive("nfm_reply", { name, body, response_json: JSON.stringify(data) });
export const callReply = (response, isPermanent) =>
  interactive("call_permission_reply", {
    response,
    ...(response === "accept" && { is_permanent: isPermanent }),
    ...(response === "accept" && !isPermanent && { expiration_timestamp: Math.floor(Date.now() / 1000) + 7 * 24 * 60 * 60 }),
    response_source: "user_action",
  });
export const order = (catalog_id, product_items) => ({ type: "order", order: { catalog_id, text: "", product_items } });
