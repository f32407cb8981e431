// Shows date_time entities in the reader's own language and zone, and keeps relative ones running.
// The format letters are the Bot API's: r, or any of w, d/D, t/T in that order; see "date-time entity formatting".

const plural = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;

/** "in 19 min 42 s", "in 3 hours", "5 min ago"; both times are Unix times in seconds. */
export function relative(unix, now) {
  const distance = Math.round(unix - now);
  const size = Math.abs(distance);
  let words;
  if (size < 1) return "now";
  if (size < 60) words = `${size} s`;
  else if (size < 3600) words = `${Math.floor(size / 60)} min${distance > 0 ? ` ${size % 60} s` : ""}`;
  else if (size < 86_400) words = plural(Math.round(size / 3600), "hour");
  else words = plural(Math.round(size / 86_400), "day");
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

/** The options for Intl.DateTimeFormat that the Bot API's letters ask for, or null where they ask for nothing. */
export function options(format) {
  const wanted = {};
  if (format.includes("w")) wanted.weekday = "long";
  if (format.includes("D")) Object.assign(wanted, { day: "numeric", month: "long", year: "numeric" });
  else if (format.includes("d")) Object.assign(wanted, { day: "2-digit", month: "2-digit", year: "2-digit" });
  if (format.includes("T")) Object.assign(wanted, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  else if (format.includes("t")) Object.assign(wanted, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return Object.keys(wanted).length ? wanted : null;
}

/** The text of a date_time entity; without a format the message's own text stays. */
export function show(unix, format, original, now = Date.now() / 1000) {
  if (format === "r") return relative(unix, now);
  const wanted = options(format || "");
  return wanted ? new Intl.DateTimeFormat([], wanted).format(unix * 1000) : original;
}

/** Renew every relative time in the document, once a second, each at most when its words change. */
export function tick(root = document, now = Date.now() / 1000) {
  for (const element of root.querySelectorAll("time[data-relative]")) {
    const text = relative(Number(element.dataset.relative), now);
    if (element.textContent !== text) element.textContent = text;
  }
}
