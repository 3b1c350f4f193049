// How elements are made. Text of users only ever becomes text nodes.

export function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) {
    element.className = className;
  }
  element.append(...content);
  return element;
}

// The same for words of users, which may run from right to left.
export function said(tag, className, ...content) {
  const element = make(tag, className, ...content);
  element.dir = "auto";
  return element;
}

export function button(className, act, ...content) {
  const element = make("button", className, ...content);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
}

// A link that leaves the page as it is; undefined where the address leads to no web page.
export function link(className, address, ...content) {
  if (!/^https?:\/\//i.test(address ?? "")) {
    return undefined;
  }
  const element = make("a", className, ...content);
  element.href = address;
  element.target = "_blank";
  element.rel = "noopener noreferrer";
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

// Strokes on 24 by 24 points.
const ICONS = {
  audio: ["M4 14v-2a8 8 0 0 1 16 0v2", "M4 14h3v6H5a1 1 0 0 1-1-1z", "M20 14h-3v6h2a1 1 0 0 0 1-1z"],
  call: ["M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  contact: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z", "M4 20c1-4 4-6 8-6s7 2 8 6"],
  copy: ["M9 9h11v11H9z", "M15 9V4H4v11h5"],
  document: ["M6 2.5h8l5 5v14H6z", "M14 2.5v5h5", "M9 13h7", "M9 17h7"],
  form: ["M5 4h14v16H5z", "M9 9h6", "M9 13h6", "M9 17h3"],
  image: ["M4 5h16v14H4z", "M4 17l5-5 4 4 3-3 4 4", "M15.5 9.5v.01"],
  link: ["M14 4h6v6", "M20 4l-9 9", "M18 14v6H4V6h6"],
  list: ["M9 6h11", "M9 12h11", "M9 18h11", "M4.5 6v.01", "M4.5 12v.01", "M4.5 18v.01"],
  mic: ["M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3z", "M6 12a6 6 0 0 0 12 0", "M12 18v3"],
  missing: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M12 7.5v5.5", "M12 16.5v.01"],
  next: ["M9 5l7 7-7 7"],
  pause: ["M8 5v14", "M16 5v14"],
  pin: ["M12 21s7-6.2 7-11a7 7 0 0 0-14 0c0 4.8 7 11 7 11z", "M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"],
  play: ["M8 5l11 7-11 7z"],
  previous: ["M15 5l-7 7 7 7"],
  reply: ["M10 5L4 11l6 6", "M4 11h9a7 7 0 0 1 7 7"],
  shop: ["M5 8h14l1 13H4z", "M8.5 8V7a3.5 3.5 0 0 1 7 0v1"],
  plus: ["M12 5v14", "M5 12h14"],
  smile: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M8.5 14.5a4 4 0 0 0 7 0", "M9 9.5v.01", "M15 9.5v.01"],
  sticker: ["M14 20H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v9z", "M14 20v-5a1 1 0 0 1 1-1h5"],
  tag: ["M4 4h8l8 8-8 8-8-8z", "M8.5 8.5v.01"],
  video: ["M4 6h11v12H4z", "M15 11l5-3v8l-5-3z"],
};

// A drawing that says nothing which the words beside it do not say.
export function icon(name) {
  const drawing = drawn("0 0 24 24", ICONS[name]);
  drawing.setAttribute("aria-hidden", "true");
  return drawing;
}

export function drawn(viewBox, strokes) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", viewBox);
  for (const stroke of strokes) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", stroke);
    drawing.append(path);
  }
  return drawing;
}
