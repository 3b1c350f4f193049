// Files in messages: pictures, videos, sounds, documents, stickers.

import { button, icon, make, said } from "./dom.js";
import { view } from "./viewer.js";
import { lengthOf, sizeOf } from "./words.js";

const NAMES = { image: "photo", video: "video", gif: "GIF", sticker: "sticker", audio: "sound", document: "document" };

// The file that a message, or a part of it, shows: `kind`, what the message says of it, and where it lies. What lies
// elsewhere is not fetched from here.
export function file(kind, node, address) {
  const own = address && new URL(address, location.href);
  return {
    kind,
    name: node?.filename ?? "",
    caption: node?.caption ?? "",
    type: (node?.mime_type ?? "").split(";")[0],
    voice: node?.voice === true,
    source: own && own.origin === location.origin ? own.href : "",
    told: node?.link ?? "",
  };
}

// Answers where the files of a message lie, one after the other.
export function addresses({ media_url, media_urls = [media_url] }) {
  const all = media_urls.values();
  return () => all.next().value;
}

// A file as it is drawn in a bubble.
export function drawFile(shown) {
  const { kind, source } = shown;
  if (!source) {
    return missing(shown);
  }
  return { image: picture, video: film, gif: film, sticker, audio: sound }[kind]?.(shown) ?? sheet(shown);
}

function missing({ kind, told, name }) {
  const words = [make("strong", "", `No ${NAMES[kind] ?? "file"} here`)];
  if (told || name) {
    words.push(said("span", "", name || told));
  }
  return make("div", "missing", icon("missing"), make("span", "words", ...words));
}

// What cannot be drawn after all.
function orMissing(element, media, shown) {
  media.addEventListener("error", () => element.replaceWith(missing(shown)), { once: true });
  return element;
}

function picture(shown) {
  const image = make("img", "");
  image.alt = shown.caption || "Photo";
  image.src = shown.source;
  const open = button("picture", () => view(shown), image);
  open.setAttribute("aria-label", `Open the photo${shown.caption ? `: ${shown.caption}` : ""}`);
  return orMissing(open, image, shown);
}

function film(shown) {
  const video = make("video", "");
  video.muted = true;
  video.playsInline = true;
  video.preload = "metadata";
  video.tabIndex = -1;
  // A little into it, because the first picture of many is black.
  video.src = `${shown.source}#t=0.1`;
  const length = make("span", "length");
  video.addEventListener("loadedmetadata", () => length.append(icon("video"), lengthOf(video.duration)), { once: true });
  const open = button("picture", () => view(shown), video, make("span", "play", icon("play")), length);
  open.setAttribute("aria-label", `Play the video${shown.caption ? `: ${shown.caption}` : ""}`);
  return orMissing(open, video, shown);
}

function sticker(shown) {
  const image = make("img", "sticker");
  image.alt = "Sticker";
  image.src = shown.source;
  return orMissing(image, image, shown);
}

let playing;

function sound(shown) {
  const audio = new Audio();
  audio.preload = "metadata";
  audio.src = shown.source;
  const left = make("span", "length", "0:00");
  const place = make("input", "");
  Object.assign(place, { type: "range", min: 0, max: 1000, value: 0, step: 1 });
  place.setAttribute("aria-label", "Where in the sound");
  const called = shown.voice ? "voice message" : "sound";
  const play = button("", () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()));
  const show = () => {
    const { currentTime, duration, paused } = audio;
    play.replaceChildren(icon(paused ? "play" : "pause"));
    play.setAttribute("aria-label", `${paused ? "Play" : "Pause"} the ${called}`);
    left.textContent = lengthOf(currentTime || duration);
    place.value = duration > 0 ? (currentTime / duration) * 1000 : 0;
    place.style.setProperty("--played", `${place.value / 10}%`);
  };
  audio.addEventListener("play", () => {
    // One voice at a time.
    if (playing !== audio) {
      playing?.pause();
    }
    playing = audio;
  });
  for (const event of ["play", "pause", "timeupdate", "loadedmetadata", "durationchange"]) {
    audio.addEventListener(event, show);
  }
  audio.addEventListener("ended", () => {
    audio.currentTime = 0;
  });
  place.addEventListener("input", () => {
    if (audio.duration > 0) {
      audio.currentTime = (place.value / 1000) * audio.duration;
    }
  });
  show();
  const sign = make("span", "sign", icon(shown.voice ? "mic" : "audio"));
  const player = make("div", shown.voice ? "sound voice" : "sound", sign, play, make("span", "way", place, left));
  return orMissing(player, audio, shown);
}

function sheet(shown) {
  const name = shown.name || "document";
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? shown.type.split("/").at(-1) ?? "";
  const kind = make("span", "", ending.slice(0, 12).toUpperCase());
  const open = make("a", "sheet");
  open.href = shown.source;
  // Whatever it is, it is not shown as a page of this place.
  open.download = name;
  const sign = make("span", "sign", icon("document"));
  sign.dataset.ending = ending.toLowerCase();
  open.append(sign, make("span", "words", said("strong", "", name), kind), make("span", "unseen", " Download"));
  weigh(shown.source).then((bytes) => bytes > 0 && kind.append(kind.textContent ? " · " : "", sizeOf(bytes)));
  return open;
}

async function weigh(source) {
  try {
    const answer = await fetch(source, { method: "HEAD" });
    return answer.ok ? Number(answer.headers.get("content-length")) : 0;
  } catch {
    return 0;
  }
}
