// The dialogs.

const dialogs = document.querySelectorAll("dialog");

for (const dialog of dialogs) {
  dialog.querySelector(".close").addEventListener("click", () => dialog.close());
}

// Opens a dialog; `submit` is given what is in its form, and the dialog stays open with the words of what it throws.
export function open(id, submit) {
  const dialog = document.getElementById(id);
  const form = dialog.querySelector("form");
  form.onsubmit = (event) => {
    event.preventDefault();
    attempt(dialog, () => submit(Object.fromEntries(new FormData(form))));
  };
  dialog.querySelector(".wrong").textContent = "";
  dialog.showModal();
}

// Does what a dialog is for and closes it; what is to be done then, with the focus where it was, the act answers with.
export async function attempt(dialog, act) {
  const wrong = dialog.querySelector(".wrong");
  wrong.textContent = "";
  try {
    const then = await act();
    dialog.close();
    if (typeof then === "function") {
      then();
    }
  } catch (error) {
    wrong.textContent = error.message;
  }
}
