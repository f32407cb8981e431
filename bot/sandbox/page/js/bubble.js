// One message as an element: quote of what it answers, media, text, time, and its keyboard.
import { h, icon, clockTime, fullTime } from "./dom.js";
import { render } from "./entities.js";

/** Whether a message is a line of the system rather than somebody's words. */
export const isService = (message) => serviceText(message) !== null;

/** Build the element of a message as the viewer sees it. `parts`: keyboards, actions, quoted(message), group. */
export function bubble(message, viewerId, chatId, parts) {
  const service = serviceText(message);
  const out = message.from?.id === viewerId;
  const row = h(`li.row.${service ? "service" : out ? "out" : "in"}`, {
    "data-testid": "message",
    "data-message-id": message.message_id,
    "data-out": String(out),
    "data-sender": message.from?.id ?? "",
    "data-date": message.date,
    tabindex: "-1",
  });
  if (service) {
    row.append(h("span.pill", { dir: "auto" }, service));
    return row;
  }
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities;
  const media = mediaOf(message, parts.actions);
  const meta = h("span.meta", {},
    message.edit_date ? h("span.edited", { title: fullTime(message.edit_date) }, "edited ") : null,
    h("time", { datetime: new Date(message.date * 1000).toISOString(), title: fullTime(message.date) },
      clockTime(message.date)),
    out ? h("span.ticks", { "aria-label": "sent" }, icon("check")) : null);
  const big = !media && !entities?.length && /^(\p{Extended_Pictographic}\uFE0F?){1,3}$/u.test(text);
  const box = h(`div.bubble${big ? ".big" : ""}${media ? ".with-media" : ""}`, {},
    parts.group && !out ? h("span.sender", {}, message.from?.first_name || "") : null,
    message.via_bot ? h("span.sender", {}, `via @${message.via_bot.username}`) : null,
    quote(message, parts),
    media,
    h("div.text", { dir: "auto" }, render(text, entities, parts.actions), meta));
  row.append(box);
  const keyboard = parts.keyboards.build(message, chatId);
  if (keyboard) row.append(keyboard);
  row.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    const spot = row.getBoundingClientRect();
    const byMouse = event.clientX || event.clientY;
    parts.actions.menu(message, out, byMouse ? event.clientX : spot.left + 40, byMouse ? event.clientY : spot.top + 20);
  });
  return row;
}

function quote(message, parts) {
  const original = message.reply_to_message;
  if (!original) return null;
  const current = parts.quoted(original) || original;
  return h("button.reply", {
    type: "button",
    "aria-label": "Go to the message this answers",
    onclick: () => parts.actions.jump(original.message_id),
  },
  h("b", {}, current.from?.first_name || "Message"),
  h("span", { dir: "auto" }, message.quote?.text || summary(current)));
}

/** A message in one line. */
export function summary(message) {
  const service = serviceText(message);
  if (service) return service;
  if (message.photo) return message.caption ? `🖼 ${message.caption}` : "🖼 Photo";
  if (message.document) return `📎 ${message.document.file_name || "File"}`;
  return (message.text || "").replace(/\s+/g, " ").slice(0, 120);
}

function mediaOf(message, actions) {
  if (message.photo?.length) {
    const largest = message.photo.at(-1);
    const source = `sandbox/files/${encodeURIComponent(largest.file_id)}`;
    const image = h("img.photo", {
      src: source,
      alt: message.caption || "Photo",
      width: largest.width || null,
      height: largest.height || null,
      loading: "lazy",
      decoding: "async",
    });
    return h("a.media", { href: source, target: "_blank", rel: "noopener" }, image);
  }
  if (message.document) {
    const file = message.document;
    const name = file.file_name || "file";
    return h("a.document", {
      href: `sandbox/files/${encodeURIComponent(file.file_id)}`,
      download: name,
      onclick: () => actions.notice(`Downloading ${name}`),
    },
    h("span.document-icon", {}, icon("file")),
    h("span.document-text", {}, h("b", { dir: "auto" }, name), h("span", {}, size(file.file_size))));
  }
  return null;
}

function size(bytes) {
  if (!Number.isFinite(bytes)) return "File";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function serviceText(message) {
  if (message.pinned_message) return `Pinned “${summary(message.pinned_message)}”`;
  if (message.new_chat_members) return `${message.new_chat_members.map((user) => user.first_name).join(", ")} joined`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name} left`;
  if (message.migrate_to_chat_id) return "This group became a supergroup";
  if (message.migrate_from_chat_id) return "This supergroup was a group before";
  if (message.group_chat_created || message.supergroup_chat_created) return "The group was created";
  if (message.new_chat_title) return `The group is now called “${message.new_chat_title}”`;
  return null;
}
