// How the page asks the simulator.

const root = new URL("./", import.meta.url);
const JSON_TYPE = { "content-type": "application/json" };

// Asks once, with JSON or a form; what the simulator refuses is thrown with its words.
export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(new URL(path, root), {
      method,
      ...(body instanceof FormData ? { body } : body && { headers: JSON_TYPE, body: JSON.stringify(body) }),
    });
  } catch {
    throw new Error("The simulated WhatsApp does not answer. Does OpenWATI still run?");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = new Error(said.error ?? `The simulated WhatsApp answered ${answer.status}.`);
    error.isRefusal = true;
    throw error;
  }
  return said;
}

export function customerPath(number, rest = "") {
  return `customers/${encodeURIComponent(number)}${rest}`;
}

// Listens to what changes, until the function that it answers with is called. `hear` has a function for every kind of
// news; `connected`, which is told whether the simulator is there; and `refused`, which answers whether to try again.
export function watch(query, hear) {
  let source;
  let again;
  let stopped = false;
  const open = () => {
    source = new EventSource(new URL(`changes?${new URLSearchParams(query)}`, root));
    source.onopen = () => hear.connected(true);
    source.onerror = async () => {
      // The browser tries again by itself unless it was refused.
      if (source.readyState !== EventSource.CLOSED) {
        hear.connected(false);
      } else if ((await hear.refused()) && !stopped) {
        again = setTimeout(open, 2000);
      }
    };
    for (const kind of ["numbers", "customers", "chat", "messages"]) {
      source.addEventListener(kind, (event) => hear[kind](JSON.parse(event.data)));
    }
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(again);
    source.close();
  };
}
