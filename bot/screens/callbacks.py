"""Every kind of button there is, by what it carries."""

from dataclasses import dataclass

from bot.screens.callback import Callback


@dataclass(frozen=True, slots=True)
class Menu(Callback, word="menu"):
    """Back to the start."""


@dataclass(frozen=True, slots=True)
class Help(Callback, word="help"):
    """Explain."""


@dataclass(frozen=True, slots=True)
class Connect(Callback, word="token"):
    """Ask for a token."""


@dataclass(frozen=True, slots=True)
class Disconnect(Callback, word="bye"):
    """Forget the token; `abandon` is 1 once the user knows that active numbers are given up with it."""

    abandon: int


@dataclass(frozen=True, slots=True)
class ShowBalance(Callback, word="bal"):
    """Read the balance."""


@dataclass(frozen=True, slots=True)
class Shop(Callback, word="shop", free_text=True):
    """A page of products, counted from 0, that a text finds."""

    page: int
    query: str


@dataclass(frozen=True, slots=True)
class OwnShelf(Callback, word="mine"):
    """A page, counted from 0, of one of the chat's own lists: its favourites, or what it bought."""

    shelf: str
    page: int


@dataclass(frozen=True, slots=True)
class Sort(Callback, word="sort"):
    """List products in another order, from the first page."""

    order: str


@dataclass(frozen=True, slots=True)
class Jump(Callback, word="jump"):
    """Show where in the list of all products one can go at once."""


@dataclass(frozen=True, slots=True)
class Choose(Callback, word="pick", free_text=True):
    """One product, by its key, chosen at a place; the country comes next where there are several.

    A place is the packed `Shop` or `OwnShelf` that leads back there, "" for none.
    """

    key: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Countries(Callback, word="from", free_text=True):
    """A page, counted from 0, of the countries that a product's number may be from."""

    key: str
    page: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class ChooseIn(Callback, word="in", free_text=True):
    """One product in one country."""

    key: str
    country: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class OtherCountries(Callback, word="land"):
    """The same for a product that is offered already."""

    offer_id: str
    page: int


@dataclass(frozen=True, slots=True)
class Move(Callback, word="move"):
    """Offer the number from another country."""

    offer_id: str
    country: str


@dataclass(frozen=True, slots=True)
class ShowOffer(Callback, word="show"):
    """Go back to an offer's card."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class Star(Callback, word="star"):
    """Make the product of an offer a favourite (1), or no longer (0)."""

    offer_id: str
    on: int


@dataclass(frozen=True, slots=True)
class Buy(Callback, word="buy"):
    """Spend the money of an offer."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class Decline(Callback, word="no"):
    """Do not buy, and go back to where the product was chosen."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class OpenCard(Callback, word="card"):
    """Show a number's card anew."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class AskCancel(Callback, word="ask"):
    """Ask whether to cancel."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class Cancel(Callback, word="void"):
    """Cancel."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class Keep(Callback, word="keep"):
    """Do not cancel after all."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class Replace(Callback, word="swap"):
    """Cancel, and offer another number of the same product."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class CancelNow(Callback, word="quit"):
    """Cancel a number from the message that warned of its end."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class KeepWaiting(Callback, word="wait"):
    """Leave a number as it is, whose end was warned of."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class Done(Callback, word="done"):
    """The user has the code."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class Again(Callback, word="more"):
    """Offer the same product once more."""

    activation_id: str


@dataclass(frozen=True, slots=True)
class Numbers(Callback, word="nums"):
    """List the active numbers."""


@dataclass(frozen=True, slots=True)
class ShowHistory(Callback, word="hist"):
    """A page of past purchases, counted from 0."""

    page: int


@dataclass(frozen=True, slots=True)
class Mute(Callback, word="mute"):
    """Hear no announcements any more (1), or hear them again (0), from the button below one."""

    on: int


@dataclass(frozen=True, slots=True)
class ShowSettings(Callback, word="prefs"):
    """List what the chat can decide."""


@dataclass(frozen=True, slots=True)
class ShowChoices(Callback, word="opt"):
    """What there is to choose for one setting, by its name; a page of it, counted from 0."""

    name: str
    page: int


@dataclass(frozen=True, slots=True)
class ChooseSetting(Callback, word="set"):
    """Set one setting to a value, never to "the other one", so that two taps are like one."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Forget(Callback, word="erase"):
    """Forget the whole chat; `confirmed` is 1 once the user knows what is lost."""

    confirmed: int
