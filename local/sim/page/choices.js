// The dialogs that a tap opens: the rows of a list, the products of a catalogue, what is filled into a form.

import { make, said } from "./dom.js";
import { open } from "./forms.js";
import { formReply, listReply, order } from "./taps.js";

const at = (id) => document.getElementById(id);
const list = (value) => (Array.isArray(value) ? value : []);

// The rows of a list, of which one is chosen.
export function chooseRow(message, context) {
  const { action = {}, header } = message.raw.interactive;
  const rows = [];
  const sections = list(action.sections).map((section) => {
    const title = section?.title ? [said("legend", "", section.title)] : [make("legend", "unseen", "Rows")];
    const entries = list(section?.rows).map((row) => {
      const input = make("input", "");
      Object.assign(input, { type: "radio", name: "row", value: String(rows.length), required: true });
      rows.push(row);
      const description = row.description ? [said("span", "faint", row.description)] : [];
      return make("label", "row", make("span", "words", said("span", "", row.title), ...description), input);
    });
    return make("fieldset", "", ...title, ...entries);
  });
  at("rows-title").textContent = action.button || header?.text || "Choose";
  at("rows-all").replaceChildren(...sections);
  open("rows", ({ row }) => context.say(message, listReply(rows[Number(row)])));
}

// Something that is filled in, which arrives as JSON.
export function fillIn(message, context, { title, name, told, data }) {
  at("fill-title").textContent = title;
  at("fill-told").textContent = told;
  at("fill").querySelector("textarea").value = JSON.stringify(data, null, 2);
  open("fill", ({ json }) => {
    let filled;
    try {
      filled = JSON.parse(json);
    } catch (error) {
      throw new Error(`This is not JSON: ${error.message}`);
    }
    return context.say(message, formReply(name, "Sent", filled));
  });
}

// Products, of which some are ordered. Their names and prices stand in Meta's catalogue, which there is none of here.
export function chooseProducts(message, context, { catalog, products }) {
  const entries = products.map((id, index) => {
    const input = make("input", "");
    Object.assign(input, { type: "number", name: `count-${index}`, min: 0, max: 99, value: index ? 0 : 1 });
    return make("label", "row", said("span", "words", id), input);
  });
  at("shop-all").replaceChildren(...entries);
  open("shop", ({ price, currency, ...counts }) => {
    const wanted = products.map((id, index) => ({
      product_retailer_id: id,
      quantity: Number(counts[`count-${index}`]),
      item_price: Number(price),
      currency: currency.trim().toUpperCase(),
    }));
    const some = wanted.filter(({ quantity }) => quantity > 0);
    if (!some.length) {
      throw new Error("How many, and of what?");
    }
    return context.say(message, order(catalog, some));
  });
}
