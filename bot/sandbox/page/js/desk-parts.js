// Small parts that the desk's panels share.
import { h } from "./dom.js";

/** A titled section; `note` is a line of explanation. */
export function section(title, note, ...children) {
  return h("section.card", {}, h("h3", {}, title), note ? h("p.note", {}, note) : null, children);
}

/** A section that opens on demand and remembers nothing. */
export function folded(title, testid, ...children) {
  return h("details.card", { "data-testid": testid }, h("summary", {}, h("h3", {}, title)), children);
}

/** A labelled on-off switch. */
export function toggle(label, hint, testid, onchange) {
  const input = h("input", { type: "checkbox", role: "switch", "data-testid": testid, onchange: () => onchange(input.checked) });
  const element = h("label.switch", {}, input, h("span.track", { "aria-hidden": "true" }),
    h("span.switch-text", {}, label, hint ? h("small", {}, hint) : null));
  return { element, input };
}

/** Redraw only when the data differs, so that focus and typing survive news that changes nothing here. */
export function whenChanged(draw) {
  let last = null;
  return (data) => {
    const stamp = JSON.stringify(data);
    if (stamp === last) return;
    last = stamp;
    draw(data);
  };
}

/** An amount of money as people write it, with two digits after the point, or as many as it has. */
export function rupees(amount) {
  const [whole, part = ""] = String(amount).split(".");
  return `₹${whole}.${part.padEnd(2, "0")}`;
}
