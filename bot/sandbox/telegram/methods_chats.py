"""Bot API methods about chats and their members."""

from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.records import ChatRecord
from bot.sandbox.telegram.state import State, visible_to_bot

_RIGHTS = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
]
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_chat(state: State, params: Params) -> Json:
    """Do getChat."""
    chat = state.find_chat(params.text("chat_id"))
    full = state.chat_json(chat) | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    if chat.pinned:
        full["pinned_message"] = visible_to_bot(chat.messages[chat.pinned[-1]])
    return full


def member_json(state: State, chat: ChatRecord, user_id: int) -> Json:
    """Return the ChatMember object of a user or of the bot."""
    if user_id == state.bot["id"]:
        user, status = state.bot, chat.bot_status
    else:
        user, status = state.users[user_id].as_user(), "member" if user_id in chat.members else "left"
    member: Json = {"status": status, "user": user}
    if status == "kicked":
        member["until_date"] = 0
    elif status == "administrator":
        member |= {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(_RIGHTS, True)}
    return member


def get_chat_member(state: State, params: Params) -> Json:
    """Do getChatMember."""
    chat = state.writable_chat(params.text("chat_id"))
    user_id = params.integer("user_id")
    if user_id != state.bot["id"] and user_id not in state.users:
        raise bad_request("invalid user_id specified" if user_id <= 0 else "user not found")
    return member_json(state, chat, user_id)


def leave_chat(state: State, params: Params) -> bool:
    """Do leaveChat."""
    chat = state.writable_chat(params.text("chat_id"))
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    state.changed.fire()
    return True


METHODS = {"getChat": get_chat, "getChatMember": get_chat_member, "leaveChat": leave_chat}
"""Handlers by method name."""
