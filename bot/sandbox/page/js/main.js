// Puts the page together: the chats, the open one, the provider's desk, and the address that selects a chat.
import { Store } from "./store.js";
import { Sidebar } from "./sidebar.js";
import { Composer } from "./composer.js";
import { Keyboards } from "./keyboard.js";
import { Chat } from "./chat.js";
import { Desk } from "./desk.js";
import { theme } from "./theme.js";
import { tick } from "./datetime.js";
import { h, fill } from "./dom.js";

const app = document.getElementById("app");
const withDesk = new URLSearchParams(location.search).get("desk") !== "0";

theme.restore();
const store = new Store();
new Sidebar(document.getElementById("sidebar"), store, theme);
const composer = new Composer(store);
const keyboards = new Keyboards(store, (text) => composer.compose(text), (address) => composer.follow(address));
new Chat(document.getElementById("chat"), store, keyboards, composer);

const selected = () => decodeURIComponent(location.hash.slice(1)) || null;
store.current = selected();
addEventListener("hashchange", () => {
  store.select(selected());
  showTab("chat");
  if (matchMedia("(hover: hover)").matches) composer.input.focus();
});

const tabs = document.getElementById("tabs");

function showTab(name) {
  app.dataset.tab = name;
  for (const button of tabs.children) button.setAttribute("aria-pressed", String(button.dataset.tab === name));
}

if (withDesk) {
  const tab = (name, label) =>
    h("button.tab", { type: "button", "data-tab": name, "data-testid": `tab-${name}`, onclick: () => showTab(name) }, label);
  fill(tabs, tab("chat", "Chat"), tab("desk", "Desk"));
  showTab("chat");
  new Desk(document.getElementById("desk")).follow();
  addEventListener("desk", () => {
    showTab("desk");
    document.querySelector('[data-testid="desk-copy-token"]')?.focus();
  });
} else {
  app.classList.add("without-desk");
  document.getElementById("desk").remove();
  tabs.remove();
}

store.follow("sandbox/events");
setInterval(tick, 1000);
