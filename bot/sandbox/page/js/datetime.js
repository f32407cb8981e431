// Shows date_time entities in the user's language and the reader's zone, and keeps relative ones running.
// The format letters are the Bot API's: r, or any of w, d/D, t/T in that order; see "date-time entity formatting".

const plural = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;

/** A language code as Intl takes it, "en" for what is none. */
function known(language) {
  try {
    return Intl.NumberFormat.supportedLocalesOf([language])[0] || "en";
  } catch {
    return "en";
  }
}

/** "in 19 min 42 s", "in 3 hours", "5 min ago", in the language; both times are Unix times in seconds. */
export function relative(unix, now, language = "en") {
  const distance = Math.round(unix - now);
  const spoken = known(language);
  return spoken.startsWith("en") ? inEnglish(distance) : translated(distance, spoken);
}

/** The same in another language: Intl says one unit with its direction, and the seconds are put in after the minutes. */
function translated(distance, language) {
  const size = Math.abs(distance);
  const [unit, length] = [["second", 1], ["minute", 60], ["hour", 3600], ["day", 86_400]].findLast(([, least]) => size >= least) || ["second", 1];
  const count = length > 60 ? Math.round(size / length) : Math.floor(size / length);
  const spoken = new Intl.RelativeTimeFormat(language, { style: "short" }).format(distance < 0 ? -count : count, unit);
  if (unit !== "minute" || distance < 0) return spoken;
  const written = (number, name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" }).format(number);
  const minutes = written(count, "minute");
  return spoken.replace(`${minutes}.`, minutes).replace(minutes, `${minutes} ${written(size % 60, "second")}`);
}

function inEnglish(distance) {
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
export function show(unix, format, original, language, now = Date.now() / 1000) {
  if (format === "r") return relative(unix, now, language);
  const wanted = options(format || "");
  return wanted ? new Intl.DateTimeFormat(language ? known(language) : [], wanted).format(unix * 1000) : original;
}

/** Renew every relative time in the document, once a second, each at most when its words change. */
export function tick(root = document, now = Date.now() / 1000) {
  for (const element of root.querySelectorAll("time[data-relative]")) {
    const text = relative(Number(element.dataset.relative), now, element.lang);
    if (element.textContent !== text) element.textContent = text;
  }
}
