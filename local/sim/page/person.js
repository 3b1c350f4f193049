// Everything that a contact card says.

import { make, said } from "./dom.js";

const dialog = document.getElementById("person");

const list = (value) => (Array.isArray(value) ? value : []).filter((entry) => entry && typeof entry === "object");

function entries(card) {
  const { org = {}, birthday } = card;
  return [
    ...list(card.phones).map(({ phone, type, wa_id }) => [type || "Phone", phone || wa_id]),
    ...list(card.emails).map(({ email, type }) => [type || "E-mail", email]),
    ...list(card.addresses).map(({ street, city, state, zip, country, type }) => [
      type || "Address",
      [street, city, state, zip, country].filter(Boolean).join(", "),
    ]),
    ...list(card.urls).map(({ url, type }) => [type || "Web", url]),
    ["Company", [org?.title, org?.department, org?.company].filter(Boolean).join(", ")],
    ["Birthday", birthday],
  ].filter(([, value]) => typeof value === "string" && value);
}

export function showPerson(card, name) {
  document.getElementById("person-title").textContent = name;
  const shown = entries(card).flatMap(([label, value]) => [said("dt", "", String(label)), said("dd", "", value)]);
  document.getElementById("person-known").replaceChildren(...(shown.length ? shown : [make("dd", "", "Nothing else is known.")]));
  dialog.showModal();
}
