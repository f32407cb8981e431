// Accounts at the provider: balances, and the tokens that a newcomer pastes into the chat.
import { h, fill, icon } from "./dom.js";
import { post } from "./api.js";
import { attempt, copy } from "./overlays.js";
import { section, whenChanged, rupees } from "./desk-parts.js";

const TOP_UP = 100;

export class AccountsPanel {
  constructor() {
    this.list = h("div.accounts");
    this.element = section("Accounts", "Copy a token and send it to the bot after /token.", this.list);
    this.draw = whenChanged((accounts) => this.#draw(accounts));
  }

  show(state) {
    this.draw(state.accounts);
  }

  #draw(accounts) {
    fill(this.list, accounts.map((account) => h("div.account", { "data-testid": "desk-account", "data-label": account.label },
      h("b", { dir: "auto" }, account.label),
      h("code", { "data-testid": "desk-token" }, account.token),
      h("span.money", { "data-testid": "desk-balance" }, rupees(account.balance)),
      h("span.account-buttons", {},
        h("button.mini", {
          type: "button", title: `Add ${rupees(TOP_UP)} to this account`, "aria-label": `Add ${TOP_UP} to ${account.label}`,
          onclick: () => this.#topUp(account),
        }, `+${TOP_UP}`),
        h("button.mini", {
          type: "button", "data-testid": "desk-copy-token", "aria-label": `Copy the token of ${account.label}`,
          onclick: () => copy(account.token, "Token copied: send it after /token"),
        }, icon("copy"), "Copy")))));
  }

  #topUp(account) {
    // Money is exact text; counting in hundredths keeps it so.
    const [whole, part = ""] = account.balance.split(".");
    const hundredths = BigInt(whole) * 100n + BigInt(part.padEnd(2, "0").slice(0, 2)) + BigInt(TOP_UP * 100);
    const balance = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
    attempt(() => post("desk/accounts", { token: account.token, label: account.label, balance }));
  }
}
