// A picture or a video on the whole screen.

import { make } from "./dom.js";
import { formatted } from "./format.js";

const dialog = document.getElementById("viewer");
const stage = document.getElementById("viewer-stage");
const caption = document.getElementById("viewer-caption");
const save = document.getElementById("viewer-save");

export function view({ kind, source, caption: words, name }) {
  const media = make(kind === "video" ? "video" : "img", "");
  media.src = source;
  if (kind === "video") {
    media.controls = true;
    media.autoplay = true;
  } else {
    media.alt = words || "Photo";
  }
  stage.replaceChildren(media);
  caption.replaceChildren(...formatted(words));
  save.href = source;
  save.download = name || kind;
  dialog.showModal();
}

// Nothing goes on playing unseen.
dialog.addEventListener("close", () => stage.replaceChildren());
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog || target === stage) {
    dialog.close();
  }
});
