"""A number's card in every state of its life, and the message that pushes a code."""

from markupsafe import Markup
from telegram import InlineKeyboardButton

from bot.locales import Words
from bot.screens.callbacks import Again, AskCancel, Cancel, Done, Keep, Menu, Numbers, Replace, ShowBalance
from bot.screens.callbacks_money import ShowRecord
from bot.screens.screen import DANGER, PRIMARY, SUCCESS, Rows, Screen, button, copy_button, countdown, html, lines, shorten
from bot.services.activations import Held, refund
from bot.services.claims import GIVEN_UP
from bot.services.codes import extract_code
from bot.services.numbers import copyable, international
from storage.models import CLOSED, OPEN, Activation, Sms, State

NAME_LENGTH = 60
CODES_SHOWN = 5
COPY_LENGTH = 256


def card(words: Words, held: Held) -> Screen:
    """Draw the card of an activation that was bought or tried to."""
    activation = held.activation
    if activation.state in OPEN:
        return _open(words, held)
    if activation.state in CLOSED:
        return _closed(words, held)
    return _purchase(words, activation)


def sms_push(words: Words, activation: Activation, sms: Sms) -> Screen:
    """Write the message that rings: the code first, so that a locked telephone shows it, then the full text."""
    _ = words.gettext
    code = extract_code(sms.text)
    number = international(activation.number or "", activation.country)
    product = shorten(activation.product_name, NAME_LENGTH)
    full = html("<blockquote>{text}</blockquote>", text=shorten(sms.text))
    source = html("{product} · {number}", product=product, number=number)
    if code is None:
        text = lines(html(_("💬 <b>SMS for {product}</b>"), product=product), full, html("{number}", number=number))
        return Screen(text, [[copy_button(_("📋 Copy the text"), sms.text, PRIMARY)]] if 0 < len(sms.text) <= COPY_LENGTH else [])
    return Screen(
        lines(html("🔑 <code>{code}</code>", code=code), source, full),
        [[copy_button(_("📋 Copy {code}").format(code=code), code, PRIMARY)]],
    )


def head(activation: Activation) -> Markup:
    """Name the product, and below it the number to copy."""
    number = html("<code>{number}</code>", number=international(activation.number or "", activation.country))
    return html("<b>{product}</b>\n{number}", product=shorten(activation.product_name, NAME_LENGTH), number=number)


def _open(words: Words, held: Held) -> Screen:
    _ = words.gettext
    activation, codes = held.activation, _codes(words, held)
    if activation.state is State.CANCELLING:
        state = html(_("⏳ <b>Cancelling.</b>"))
        hint = html(unclear(words) if activation.reason else _("I have asked otpbuddy. Until it answers, I keep watching this number."))
    elif codes:
        state = html(_("✅ <b>Code received.</b>"))
        hint = html(_("I keep listening for more until you tap Done."))
    else:
        state = html(_("⏳ <b>Waiting for the code.</b>"))
        hint = html(_("Enter this number where you sign up; the code arrives here by itself."))
    ends = html(_("Ends {time}"), time=countdown(words, activation.expires_at)) if activation.expires_at else None
    return Screen(
        lines(
            state,
            head(activation),
            *codes,
            html(""),
            None if activation.asking else hint,
            ends,
            html(_("Paid {price}"), price=words.money(activation.price)),
            _left(words, activation),
            _refusal(words, activation),
            _question(words) if activation.asking else None,
        ),
        _open_rows(words, activation, received=bool(codes)),
    )


def unclear(words: Words) -> str:
    """Say that a cancellation may have been carried out or not."""
    return words.gettext("otpbuddy gave no clear answer, so I keep watching this number until its time is over.")


def _open_rows(words: Words, activation: Activation, *, received: bool) -> Rows:
    _ = words.gettext
    # The number is what everybody needs first; once a code is here, Done is the way on.
    style = None if received or activation.state is State.CANCELLING else PRIMARY
    copy = [copy_button(_("📋 Copy number"), copyable(activation.number or "", activation.country), style)]
    if activation.asking:
        return [
            [button(_("Yes, cancel it"), Cancel(activation.id), DANGER), button(_("No, keep it"), Keep(activation.id))],
            [button(_("🔁 Cancel and buy another"), Replace(activation.id))],
        ]
    if received:
        return [copy, [button(_("✅ Done"), Done(activation.id), SUCCESS), button(_("🔁 Buy again"), Again(activation.id))]]
    if activation.state is State.CANCELLING:
        return [copy, [button(_("Try to cancel again"), Cancel(activation.id), DANGER)]]
    return [copy, [button(_("✖ Cancel"), AskCancel(activation.id))]]


def _question(words: Words) -> Markup:
    _ = words.gettext
    return lines(
        html(""),
        html(_("<b>Cancel this number?</b> I look for a code once more before I do.")),
        html(_("For another one you see today’s price first; nothing is bought before you confirm it.")),
    )


def _codes(words: Words, held: Held) -> list[Markup]:
    """List the latest codes; the card stays short however many SMS arrive."""
    shown = []
    for sms in held.messages[-CODES_SHOWN:]:
        code = extract_code(sms.text)
        shown.append(html("🔑 <code>{code}</code>", code=code) if code else html(words.gettext("💬 An SMS without a clear code")))
    return shown


def _left(words: Words, activation: Activation) -> Markup | None:
    """Show the balance before and after the purchase, where both were read."""
    before, after = activation.balance_before, activation.balance_after
    if before is None or after is None:
        return None
    return html(words.gettext("Balance: {before} → {after}"), before=words.money(before), after=words.money(after))


def _refusal(words: Words, activation: Activation) -> Markup | None:
    if activation.reason is None or activation.state is not State.ACTIVE:
        return None
    why = refusal(words, activation.reason)
    return html("\n") + html(words.gettext("⚠️ <b>Not cancelled.</b> {why} The number stays active; you can try again."), why=why)


def _closed(words: Words, held: Held) -> Screen:
    _ = words.gettext
    activation, codes = held.activation, _codes(words, held)
    return Screen(
        lines(
            html(_ending(words, held)),
            head(activation),
            *codes,
            html(_("This code came after the end; it is yours all the same.")) if _came_late(held) else None,
            html(""),
            html(_("Paid {price}"), price=words.money(activation.price)),
            None if _was_used(held) else returned(words, activation),
        ),
        [
            [button(_("🔁 Buy again"), Again(activation.id), PRIMARY), button(_("‹ Menu"), Menu())],
            [button(_("🧾 Record for the support"), ShowRecord(activation.id))],
        ],
    )


def _ending(words: Words, held: Held) -> str:
    """Say how a number ended, in a line."""
    _ = words.gettext
    activation, received = held.activation, bool(held.messages)
    if activation.state is State.FINISHED:
        return _("✅ <b>Done</b>")
    if activation.reason == GIVEN_UP:
        return _("⌛ <b>Given up</b>: the account that is connected now does not know this number.")
    if activation.state is State.CANCELLED:
        return _("✖ <b>Cancelled by itself, no code came in time</b>") if activation.automatic else _("✖ <b>Cancelled</b>")
    if _came_late(held):
        return _("⌛ <b>Time is over, a code came late</b>")
    return _("⌛ <b>Time is over</b>") if received else _("⌛ <b>Time is over, no code came</b>")


def _came_late(held: Held) -> bool:
    """Whether the latest SMS came after the number's end."""
    closed_at = held.activation.closed_at
    return closed_at is not None and bool(held.messages) and held.messages[-1].received_at > closed_at


def _was_used(held: Held) -> bool:
    """Whether a number brought what it was bought for, so that nobody waits for money."""
    in_time = bool(held.messages) and not _came_late(held)
    return held.activation.state is State.FINISHED or (in_time and held.activation.state is State.EXPIRED)


def returned(words: Words, activation: Activation) -> Markup:
    """Show the balance before and after the end, and never call anything a refund that the balance does not show."""
    _ = words.gettext
    if activation.reason == GIVEN_UP:
        return html(_("What came of its money shows the balance of the account that bought it."))
    before, after, back = activation.closing_before, activation.closing_after, refund(activation)
    if after is None:
        return html(_("The balance could not be read; see /balance."))
    if before is None or back is None:
        return html(_("Balance: {after}"), after=words.money(after))
    values = {"before": words.money(before), "after": words.money(after), "back": words.money(back)}
    if back > 0:
        return html(_("💰 <b>{back} came back</b>\nBalance: {before} → {after}"), **values)
    return html(_("No money has come back so far.\nBalance: {before} → {after}"), **values)


def _purchase(words: Words, activation: Activation) -> Screen:
    """Tell how a purchase without a number stands, and what the user can do."""
    _ = words.gettext
    state, product = activation.state, shorten(activation.product_name, NAME_LENGTH)
    title = html(_("<b>{product}</b> · {price}"), product=product, price=words.money(activation.price))
    again = [[button(_("🔁 Try again"), Again(activation.id), PRIMARY), button(_("‹ Menu"), Menu())]]
    if state is State.REQUESTED:
        return Screen(lines(html(_("⏳ <b>Buying…</b>")), title))
    if state is State.UNKNOWN:
        text = _(
            "❓ <b>otpbuddy gave no clear answer.</b> I did not ask again, and I am checking your balance to see whether you were charged."
        )
        return Screen(lines(html(text), title), [_after_doubt(words)])
    if state is State.NOT_CHARGED:
        return Screen(
            lines(html(_("↩️ <b>Not bought.</b> Your balance shows that nothing was charged.")), title, _left(words, activation)), again
        )
    after_record = [[button(_("🧾 Record for the support"), ShowRecord(activation.id))], _after_doubt(words)]
    if state is State.CHARGED:
        text = _("⚠️ <b>Charged, but no number was received.</b> Your balance shows the charge. Ask otpbuddy’s support with this record:")
        return Screen(lines(html(text), title, _record(words, activation), _left(words, activation)), after_record)
    if state is State.UNRESOLVED:
        text = _("❓ <b>It is unclear whether you were charged.</b> Compare your balance, and ask otpbuddy’s support with this record:")
        return Screen(lines(html(text), title, _record(words, activation), _left(words, activation)), after_record)
    why = refusal(words, activation.reason or "")
    return Screen(lines(html(_("✖ <b>Not bought.</b> {why}"), why=why), title, html(_("Nothing was charged."))), again)


def _after_doubt(words: Words) -> list[InlineKeyboardButton]:
    _ = words.gettext
    return [button(_("💰 Balance"), ShowBalance()), button(_("‹ Menu"), Menu())]


def _record(words: Words, activation: Activation) -> Markup:
    when = activation.requested_at or activation.offered_at
    return html(
        "<pre>getNumber {product} {country}\n{when}\n{price} {id}</pre>",
        product=activation.product_id,
        country=activation.country,
        when=f"{when:%Y-%m-%d %H:%M:%S} UTC",
        price=words.money(activation.price),
        id=activation.id,
    )


def refusal(words: Words, reason: str) -> str:
    """Say in words why the provider refused."""
    _ = words.gettext
    known = {
        "insufficient_balance": _("Your otpbuddy balance is too low."),
        "product_not_found": _("otpbuddy has no such product at the moment."),
        "number_expired": _("otpbuddy says that the number has expired."),
        "invalid_id": _("otpbuddy does not accept this for the number now; it may be too early, or a code is on its way."),
        "invalid_parameter": _("otpbuddy did not accept the request."),
        "token_rejected": _("otpbuddy no longer accepts your token; connect again with /token."),
        "not_connected": _("No account is connected any more; connect one with /token."),
        "not_sent": _("otpbuddy could not be reached."),
    }
    return known.get(reason) or _("otpbuddy refused without saying why.")


def no_code_yet(words: Words) -> Screen:
    """Answer Done where no code has arrived."""
    _ = words.gettext
    return Screen(
        html(_("No code has arrived on that number yet. You can cancel it instead.")),
        [[button(_("📱 My numbers"), Numbers()), button(_("‹ Menu"), Menu())]],
    )


def code_arrived_instead(words: Words) -> Screen:
    """Tell that the last look before cancelling found a code."""
    _ = words.gettext
    return Screen(
        html(_("🔑 A code has just arrived, so I did not cancel the number.")),
        [[button(_("📱 My numbers"), Numbers()), button(_("‹ Menu"), Menu())]],
    )
