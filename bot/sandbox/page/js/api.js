// The sandbox's HTTP interface. Every failure is an Error whose message can be shown.

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("The sandbox does not answer. Is the demo still running?");
  }
  const text = await response.text();
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    data = null;
  }
  if (!response.ok) {
    const reason = data && (data.description || data.error || data.detail || data.message);
    throw new Error(reason ? String(reason) : `The sandbox answered ${response.status}.`);
  }
  return data;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);

/** What a user does in the simulated Telegram. */
export const asUser = (userId) => {
  const path = (action) => `sandbox/users/${userId}/${action}`;
  return {
    send: (chatId, text, replyTo) =>
      post(path("send"), { chat_id: chatId, text, ...(replyTo ? { reply_to: replyTo } : {}) }),
    attach: (chatId, file, content, caption) =>
      post(path("attach"), { chat_id: chatId, name: file.name, mime_type: file.type, content, caption }),
    edit: (chatId, messageId, text) => post(path("edit"), { chat_id: chatId, message_id: messageId, text }),
    tap: (chatId, messageId, row, column) =>
      post(path("tap"), { chat_id: chatId, message_id: messageId, row, column }),
    remove: (chatId, messageId) => post(path("delete"), { chat_id: chatId, message_id: messageId }),
    block: (blocked) => post(path("block"), { blocked }),
    inline: (query, chatId, offset = "") => post(path("inline"), { query, offset, chat_id: chatId }),
    choose: (inlineQueryId, resultId, chatId) =>
      post(path("choose"), { inline_query_id: inlineQueryId, result_id: resultId, chat_id: chatId }),
  };
};
