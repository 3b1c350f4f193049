// A text as WhatsApp formats it: *strong*, _slanted_, ~struck~, `as it is`, ```as it is, in lines```, > quotes, lists, and
// links. Text of users only ever becomes text nodes.

import { link, make } from "./dom.js";

const BLOCK = /```([^`]+)```/g;
const INLINE = new RegExp(
  [
    /`([^`\n]+)`/,
    /(?<![\p{L}\p{N}*])\*(\S|\S[^*\n]*\S)\*(?![\p{L}\p{N}*])/,
    /(?<![\p{L}\p{N}_])_(\S|\S[^_\n]*\S)_(?![\p{L}\p{N}_])/,
    /(?<![\p{L}\p{N}~])~(\S|\S[^~\n]*\S)~(?![\p{L}\p{N}~])/,
    /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)*_~])/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gu",
);
const TAGS = ["code", "strong", "em", "s", "a"];

const LINES = [
  [/^> ?(.*)$/, "blockquote"],
  [/^[-*] (.*)$/, "ul"],
  [/^(\d{1,3})\. (.*)$/, "ol"],
];

// The nodes of a text.
export function formatted(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(BLOCK)) {
    nodes.push(...lines(text.slice(from, found.index), startsLine(text, from)), make("code", "", found[1]));
    from = found.index + found[0].length;
  }
  nodes.push(...lines(text.slice(from), startsLine(text, from)));
  return nodes;
}

// The same without anything but its letters.
export const plain = (text) => formatted(text).map((node) => node.textContent).join("");

const startsLine = (text, index) => index === 0 || text[index - 1] === "\n";

function lines(text, isFresh) {
  const nodes = [];
  let open = [];
  const close = () => {
    nodes.push(...inline(open.join("\n")));
    open = [];
  };
  text.split("\n").forEach((line, index) => {
    const [pattern, tag] = (index > 0 || isFresh) ? (LINES.find(([known]) => known.test(line)) ?? []) : [];
    if (!tag) {
      // A line after a block of its own needs no break before it.
      open.push(line);
      return;
    }
    close();
    const found = pattern.exec(line);
    const last = nodes.at(-1);
    const block = last instanceof Element && last.localName === tag ? last : make(tag);
    if (block !== last) {
      nodes.push(block);
    }
    const item = tag === "blockquote" ? make("p") : make("li");
    if (tag === "ol") {
      item.value = Number(found[1]);
    }
    item.append(...inline(found.at(-1)));
    block.append(item);
  });
  close();
  return nodes;
}

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    const place = found.slice(1).findIndex((part) => part !== undefined);
    const inner = found[place + 1];
    const tag = TAGS[place];
    if (found.index > from) {
      nodes.push(document.createTextNode(text.slice(from, found.index)));
    }
    if (tag === "a") {
      nodes.push(link("", inner, inner));
    } else {
      nodes.push(make(tag, "", ...(tag === "code" ? [inner] : inline(inner))));
    }
    from = found.index + found[0].length;
  }
  if (from < text.length) {
    nodes.push(document.createTextNode(text.slice(from)));
  }
  return nodes;
}
