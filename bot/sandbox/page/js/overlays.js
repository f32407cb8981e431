// What appears above the page: toasts, alerts, questions and menus. Dialogs are the browser's own, which keep the focus.
import { h, icon, copyText } from "./dom.js";

const TOAST_MS = 4000;

/** Show a short notice for four seconds. */
export function toast(text, kind = "") {
  const note = h(`div.toast${kind ? `.${kind}` : ""}`, { "data-testid": "toast" }, text);
  // A modal dialog covers everything else, so that a notice has to live inside it to be seen.
  const inDialog = document.querySelector("dialog[open] .toasts");
  const holder = inDialog || document.getElementById("toasts");
  while (holder.children.length > 2) holder.firstChild.remove();
  holder.append(note);
  setTimeout(() => {
    note.classList.add("leaving");
    setTimeout(() => note.remove(), 250);
  }, TOAST_MS);
}

/** Run something that may fail and show why it did; resolves to its result, or undefined. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message, "bad");
    return undefined;
  }
}

/** Copy and say so. */
export async function copy(text, what = "Copied") {
  toast((await copyText(text)) ? what : "Your browser does not allow copying", "");
}

function dialog(testid, body, buttons) {
  return new Promise((resolve) => {
    const box = h("dialog.dialog", { "data-testid": testid },
      h("p.dialog-text", { dir: "auto" }, body),
      h("div.dialog-buttons", {}, buttons.map(([label, value, kind]) =>
        h(`button.text-button${kind ? `.${kind}` : ""}`, {
          type: "button",
          autofocus: value === true,
          onclick: () => box.close(String(value)),
        }, label))),
      h("div.toasts", { role: "status" }));
    box.addEventListener("click", (event) => {
      if (event.target === box) box.close("false");
    });
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue === "true");
    });
    document.body.append(box);
    box.showModal();
  });
}

/** Show a text until it is confirmed. */
export const alertBox = (text) => dialog("alert", text, [["OK", true]]);

/** Ask a yes-or-no question. */
export const confirmBox = (text, yes, kind = "") =>
  dialog("confirm", text, [["Cancel", false], [yes, true, kind]]);

/** Ask before leaving for an address; the new window learns nothing of this one. */
export async function openLink(address) {
  let scheme = "";
  try {
    scheme = new URL(address).protocol;
  } catch {
    scheme = "";
  }
  if (!["http:", "https:"].includes(scheme)) {
    await alertBox(`This address opens in Telegram only:\n${address}`);
    return;
  }
  if (new URL(address).origin === location.origin) {
    // The provider's own site is, here, the desk beside the chat.
    dispatchEvent(new Event("desk"));
    return;
  }
  if (await confirmBox(`Open this link?\n${address}`, "Open")) window.open(address, "_blank", "noopener,noreferrer");
}

let openMenu = null;

/** Open a menu at a point; items are {label, icon, kind, run}. */
export function menu(items, x, y, back = document.activeElement) {
  closeMenu();
  const box = h("div.menu", { role: "menu", "data-testid": "menu" });
  for (const item of items) {
    box.append(h(`button.menu-item${item.kind ? `.${item.kind}` : ""}`, {
      type: "button",
      role: "menuitem",
      "data-testid": `menu-${item.label.toLowerCase().replaceAll(" ", "-")}`,
      onclick: () => {
        closeMenu();
        item.run();
      },
    }, item.icon ? icon(item.icon) : null, item.label));
  }
  box.addEventListener("keydown", (event) => {
    const all = [...box.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      closeMenu();
      back?.focus?.();
    }
  });
  document.body.append(box);
  const { offsetWidth: width, offsetHeight: height } = box;
  box.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
  openMenu = box;
  box.firstChild?.focus();
}

export function closeMenu() {
  openMenu?.remove();
  openMenu = null;
}

document.addEventListener("pointerdown", (event) => {
  if (openMenu && !openMenu.contains(event.target)) closeMenu();
});
