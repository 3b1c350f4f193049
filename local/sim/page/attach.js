// What a customer sends besides text: files, which are looked at before they go, and people.

import { icon, make, said } from "./dom.js";
import { open } from "./forms.js";
import { sizeOf } from "./words.js";

const at = (id) => document.getElementById(id);

const PICKS = {
  media: { accept: "image/*,video/*", kindOf: ({ type }) => (type.startsWith("video/") ? "video" : "image") },
  document: { accept: "", kindOf: () => "document" },
  audio: { accept: "audio/*", kindOf: () => "audio" },
  sticker: { accept: "image/webp", kindOf: () => "sticker" },
};
const TITLES = { image: "Send a photo", video: "Send a video", audio: "Send a sound", document: "Send a document", sticker: "Send a sticker" };

let picked = PICKS.media;
let preview = "";

// Wires the menu; `send` takes a message and its file, or a message alone.
export function begin(send) {
  at("attach-open").addEventListener("click", () => open("attach", () => {}));
  for (const pick of document.querySelectorAll("[data-pick]")) {
    pick.addEventListener("click", () => {
      picked = PICKS[pick.dataset.pick];
      at("attach").close();
      at("picked").accept = picked.accept;
      at("picked").click();
    });
  }
  at("picked").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (file) {
      look(file, picked.kindOf(file), send);
    }
  });
  at("card-open").addEventListener("click", () => {
    at("attach").close();
    at("card").querySelector("form").reset();
    open("card", ({ name, phone }) => send({ type: "contacts", contacts: [person(name.trim(), phone)] }));
  });
  receive(send);
}

// A file may also be pasted, or dropped onto the chat.
function receive(send) {
  const take = (event, files) => {
    const [file] = files ?? [];
    if (file) {
      event.preventDefault();
      look(file, /^(image|video)\/(jpeg|png|mp4|3gpp)$/.exec(file.type)?.[1] ?? "document", send);
    }
  };
  at("text").addEventListener("paste", (event) => take(event, event.clipboardData?.files));
  at("chat").addEventListener("dragover", (event) => event.preventDefault());
  at("chat").addEventListener("drop", (event) => {
    event.preventDefault();
    take(event, event.dataTransfer?.files);
  });
}

export function person(name, phone) {
  const [first, ...rest] = name.split(/\s+/);
  const digits = phone.replace(/\D/g, "");
  return {
    name: { formatted_name: name, first_name: first, ...(rest.length && { last_name: rest.join(" ") }) },
    phones: [{ phone: `+${digits}`, type: "CELL", wa_id: digits }],
  };
}

function look(file, kind, send) {
  const dialog = at("file");
  const caption = dialog.querySelector("[name=caption]");
  const voice = dialog.querySelector("[name=voice]");
  at("file-title").textContent = TITLES[kind];
  at("file-shown").replaceChildren(shown(file, kind), said("p", "faint", `${file.name} · ${sizeOf(file.size)}`));
  caption.value = "";
  caption.closest("label").hidden = kind === "audio" || kind === "sticker";
  voice.checked = false;
  voice.closest("label").hidden = kind !== "audio";
  open("file", () => {
    const words = caption.value.trim();
    const content = {
      ...(words && { caption: words }),
      ...(kind === "document" && { filename: file.name }),
      ...(kind === "audio" && { voice: voice.checked }),
    };
    return send({ type: kind, [kind]: content }, file);
  });
}

function shown(file, kind) {
  URL.revokeObjectURL(preview);
  preview = URL.createObjectURL(file);
  const media = { image: "img", sticker: "img", video: "video", audio: "audio" }[kind];
  if (!media) {
    return make("span", "sign", icon("document"));
  }
  const element = make(media, "");
  element.src = preview;
  if (media === "img") {
    element.alt = "";
  } else {
    element.controls = true;
  }
  return element;
}

at("file").addEventListener("close", () => {
  at("file-shown").replaceChildren();
  URL.revokeObjectURL(preview);
});
