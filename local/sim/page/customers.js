// The list of customers.

import { face, ticks } from "./bubble.js";
import { make } from "./dom.js";
import { lineOf, numberOf, whenOf } from "./words.js";

const list = document.getElementById("customers");
const rows = new Map();

// Shows the customers; the open one is marked, and is there even if the simulator does not list it.
export function showCustomers(customers, open, choose) {
  const known = customers.some(({ number }) => number === open);
  const all = open && !known ? [{ number: open, name: numberOf(open), unread: 0, last: null }, ...customers] : customers;
  const shown = all.map((customer) => row(customer, customer.number === open, choose));
  const numbers = new Set(all.map(({ number }) => number));
  [...rows.keys()].filter((number) => !numbers.has(number)).forEach((number) => rows.delete(number));
  // A row that stands where it belongs is left there, with the focus that it may have.
  shown.forEach((item, place) => {
    if (list.children[place] !== item) {
      const focused = item.contains(document.activeElement);
      list.insertBefore(item, list.children[place] ?? null);
      if (focused) {
        item.firstChild.focus();
      }
    }
  });
  while (list.children.length > shown.length) {
    list.lastChild.remove();
  }
}

export function focusCustomer(number) {
  rows.get(number)?.firstChild.focus();
}

function row(customer, isOpen, choose) {
  const { number, name, unread, last } = customer;
  let item = rows.get(number);
  if (!item) {
    const button = make("button", "customer");
    button.type = "button";
    button.addEventListener("click", () => choose(number));
    item = make("li", "", button);
    rows.set(number, item);
  }
  const button = item.firstChild;
  button.toggleAttribute("aria-current", isOpen);
  const line = make("span", "line", ...(last?.direction === "in" ? [ticks(last.status)] : []), last ? lineOf(last) : numberOf(number));
  line.dir = "auto";
  const called = make("bdi", "name", name);
  const badge = make("span", "badge", String(unread), make("span", "unseen", " unread"));
  button.replaceChildren(
    face(name, number),
    called,
    make("span", "when", last ? whenOf(last.at) : ""),
    line,
    ...(unread > 0 ? [badge] : []),
  );
  return item;
}
