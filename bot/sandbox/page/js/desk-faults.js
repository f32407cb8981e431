// Faults on demand, in clear words: of the provider, of the way to it, and of Telegram.
import { h } from "./dom.js";
import { get, post, remove } from "./api.js";
import { attempt } from "./overlays.js";
import { section, toggle } from "./desk-parts.js";

const MANY = 1_000_000;
const FAULTS = [
  ["Buying", [
    ["buy-cut-after", "Connection cut after charging", "the money is gone, the number never arrives", { call: "buy", kind: "cut_after" }],
    ["buy-cut", "Connection cut before charging", "nothing is charged, and nobody can tell", { call: "buy", kind: "cut" }],
    ["buy-hang-after", "Silence after charging", "no answer until the bot gives up", { call: "buy", kind: "hang_after" }],
    ["buy-299", "Unknown answer 299", "a code that no table lists", { call: "buy", kind: "garbage", variant: "unknown_code" }],
  ]],
  ["Provider", [
    ["code-205", "Provider answers 205", "“server error” to every call", { call: "*", kind: "code", code: 205 }],
    ["html", "HTML error page", "instead of JSON, to every call", { call: "*", kind: "garbage", variant: "html" }],
    ["slow", "Slow: one byte every half second", "each answer would take a minute", { call: "*", kind: "drip", seconds: 0.5 }],
    ["http-503", "Out of service", "HTTP 503, try again in 10 seconds", { call: "*", kind: "http", status: 503, retry_after: "10" }],
    ["http-401", "Tokens rejected", "HTTP 401 to every call", { call: "*", kind: "http", status: 401 }],
    ["bomb", "50 MiB in a 50 KiB answer", "compressed, to every call", { call: "*", kind: "bomb" }],
  ]],
  ["Cancelling", [
    ["cancel-cut-after", "Connection cut after cancelling", "refunded, but the answer is lost", { call: "cancel", kind: "cut_after" }],
  ]],
];
const TELEGRAM = [
  ["tg-429", "Telegram 429", "“retry after 5”, for the next 3 calls", { method: "*", kind: "retry_after", retry_after: 5, count: 3 }],
  ["tg-502", "Telegram answers 502", "to every call that sends or edits", { method: "*", kind: "http_error", status: 502, count: MANY }],
  ["tg-cut-after", "Message taken, answer lost", "the next message is sent, but the bot cannot know", { method: "sendMessage", kind: "cut_after", count: 1 }],
];

export class FaultsPanel {
  #switches = new Map();
  #turn = Promise.resolve();

  constructor() {
    const groups = FAULTS.map(([title, faults]) => [
      h("h4.fault-group", {}, title),
      faults.map(([id, label, hint, body]) => this.#switch(id, label, hint, (on) => this.#providerFault(body, on))),
    ]);
    this.refuse = this.#switch("cancel-refused", "Cancel refused", "the provider will not take numbers back", (on) =>
      attempt(() => post("desk/settings", { cancel_policy: on ? "refuse" : "refund" })));
    this.noRefund = this.#switch("cancel-no-refund", "Cancelled without a refund", "it says yes and keeps the money", (on) =>
      attempt(() => post("desk/settings", { cancel_policy: on ? "no_refund" : "refund" })));
    const telegram = TELEGRAM.map(([id, label, hint, body]) =>
      this.#switch(id, label, hint, (on) => this.#telegramFault(body, on)));
    this.clear = h("button.action", {
      type: "button", "data-testid": "desk-faults-clear", onclick: () => this.#clearAll(),
    }, "Clear all faults");
    this.element = section("Faults", "What goes wrong until you turn it off.", groups, this.refuse, this.noRefund,
      h("h4.fault-group", {}, "Telegram"), telegram, h("div.actions.after", {}, this.clear));
  }

  show(state) {
    for (const [id, , , body] of FAULTS.flatMap(([, faults]) => faults)) this.#set(id, state.faults.some((one) => same(one, body)));
    this.#set("cancel-refused", state.settings.cancel_policy === "refuse");
    this.#set("cancel-no-refund", state.settings.cancel_policy === "no_refund");
    this.#turn = this.#turn.then(() => this.#telegramState()).catch(() => {});
  }

  #switch(id, label, hint, onchange) {
    const made = toggle(label, hint, `desk-fault-${id}`, onchange);
    made.element.classList.add("fault");
    this.#switches.set(id, made.input);
    return made.element;
  }

  #set(id, on) {
    this.#switches.get(id).checked = on;
  }

  /** Do one thing after the other, so that an older look at the faults never overtakes a newer change. */
  #inTurn(action) {
    this.#turn = this.#turn.then(() => attempt(action));
    return this.#turn;
  }

  /** The provider clears all faults at once, so that turning one off means turning the others on again. */
  #providerFault(body, on) {
    return this.#inTurn(async () => {
      if (on) {
        await post("desk/faults", body);
        return;
      }
      const { faults } = await get("desk/state");
      await remove("desk/faults");
      for (const { struck: _struck, ...other } of faults.filter((one) => !same(one, body))) await post("desk/faults", other);
    });
  }

  /** As for the provider; Telegram's faults are known by the switches that are on. */
  #telegramFault(body, on) {
    return this.#inTurn(async () => {
      if (on) {
        await post("sandbox/faults", body);
      } else {
        const active = await get("sandbox/faults");
        await remove("sandbox/faults");
        for (const [, , , other] of TELEGRAM) {
          if (other !== body && active.some((one) => isOn(one, other))) await post("sandbox/faults", other);
        }
      }
      await this.#telegramState();
    });
  }

  async #telegramState() {
    const active = await get("sandbox/faults");
    for (const [id, , , body] of TELEGRAM) this.#set(id, active.some((one) => isOn(one, body)));
  }

  #clearAll() {
    return this.#inTurn(async () => {
      await Promise.all([remove("desk/faults"), remove("sandbox/faults"), post("desk/settings", { cancel_policy: "refund" })]);
      await this.#telegramState();
    });
  }
}

/** Whether one of Telegram's active faults is the one that a switch turns on. */
const isOn = (active, body) => active.count > 0 && active.method === body.method && active.kind === body.kind;

/** Whether an active fault is the one that a switch turns on. */
function same(active, body) {
  const kind = body.kind.replace(/_after$/, "");
  const after = kind !== body.kind;
  return active.call === body.call && active.kind === kind && active.after === after
    && Object.entries(body).every(([name, value]) => name === "kind" || active[name] === value);
}
