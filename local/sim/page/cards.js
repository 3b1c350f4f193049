// Places and people in messages.

import { button, icon, link, make, said } from "./dom.js";
import { showPerson } from "./person.js";

const texts = (...all) => all.filter((text) => typeof text === "string" && text);

// A place: a drawn map that stands for no real one, with what is known below it.
export function place(node) {
  const { name, address, latitude, longitude } = node ?? {};
  const where = `${Number(latitude)}/${Number(longitude)}`;
  const map = link(
    "map",
    `https://www.openstreetmap.org/?mlat=${Number(latitude)}&mlon=${Number(longitude)}#map=16/${where}`,
    icon("pin"),
    make("span", "unseen", "Location: open a map of it"),
  );
  const lines = texts(name, address).map((text, index) => said(index ? "span" : "strong", "", text));
  return make("div", "place", map, ...lines, make("span", "faint", `${latitude}, ${longitude}`));
}

export const nameOf = (card) => texts(card?.name?.formatted_name, card?.name?.first_name)[0] ?? "Somebody";

const firstOf = (list, key) => texts(...(Array.isArray(list) ? list : []).map((entry) => entry?.[key]))[0];

// People, each with a button that shows all that is known of them.
export function people(cards) {
  const all = (Array.isArray(cards) ? cards : []).filter((card) => card && typeof card === "object");
  return all.map((card) => {
    const line = texts(card.org?.company, firstOf(card.phones, "phone"), firstOf(card.emails, "email"))[0];
    const words = make("span", "words", said("strong", "", nameOf(card)), ...(line ? [said("span", "", line)] : []));
    const open = button("person", () => showPerson(card, nameOf(card)), make("span", "sign", icon("contact")), words, icon("next"));
    open.append(make("span", "unseen", " Show the contact"));
    return open;
  });
}
