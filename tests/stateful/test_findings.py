"""What random lives found, each kept as the shortest life that shows it; all of them end in the checks that every life ends in."""

import pytest

from bot.services.errors import OtherAccount
from storage.models import State
from tests.stateful.machine import Life
from tests.stateful.scene import Deed
from tests.stateful.world import ALICE, CAROL


def doubt(life: Life, *, charged: bool, which: int = 2) -> str:
    """Let Alice's next purchase have no clear outcome, and return its id."""
    life.offer_and_buy(ALICE, which, {"kind": "cut", "after": charged})
    offer_id = life.scene.offers[ALICE][-1][0]
    assert state(life, offer_id) is State.UNKNOWN
    return offer_id


def state(life: Life, offer_id: str) -> State:
    life.nothing_is_wrong()
    return life.scene.auditor.states[offer_id]


def settle(life: Life, seconds: int = 21) -> None:
    life.time_passes(seconds)
    life.run(life.scene.process.settlement.sweep())


def test_a_doubt_is_settled_soon_although_the_clock_was_set_back_an_hour(life: Life) -> None:
    life.begin(bought=False)
    doubtful = doubt(life, charged=True)
    life.clock_jumps(-1)
    settle(life)
    settle(life)
    assert state(life, doubtful) is State.CHARGED


def test_what_another_chat_buys_with_the_same_account_is_no_sign_of_a_charge(life: Life) -> None:
    life.begin(bought=False)
    doubtful = doubt(life, charged=False)
    life.offer_and_buy(CAROL, 3)
    settle(life)
    assert state(life, doubtful) is not State.CHARGED


def test_money_of_another_chats_number_with_the_same_account_is_no_sign_that_nothing_was_charged(life: Life) -> None:
    life.begin(bought=False)
    life.offer_and_buy(CAROL, 3)
    doubtful = doubt(life, charged=True)
    life.run(life.scene.together(Deed("cancel", CAROL, 0)))
    settle(life)
    assert state(life, doubtful) is not State.NOT_CHARGED


def test_money_of_a_number_whose_end_was_not_noticed_yet_is_no_sign_that_nothing_was_charged(life: Life) -> None:
    life.begin(bought=False)
    life.offer_and_buy(ALICE, 3)
    life.time_passes(1190)
    doubtful = doubt(life, charged=True)
    settle(life)
    assert state(life, doubtful) is not State.NOT_CHARGED


def test_money_of_a_purchase_whose_number_never_arrived_is_no_sign_that_nothing_was_charged(life: Life) -> None:
    life.begin(bought=False)
    lost = doubt(life, charged=True)
    settle(life)
    assert state(life, lost) is State.CHARGED
    life.time_passes(1150)
    doubtful = doubt(life, charged=True)
    settle(life, 61)
    assert state(life, doubtful) is State.UNRESOLVED


def test_an_account_with_a_new_token_gets_its_chat_back_although_its_number_was_cancelled_unseen(life: Life) -> None:
    life.begin(bought=False)
    life.offer_and_buy(ALICE, 3)
    life.cancel(ALICE, 0, "cancelNumber", {"kind": "cut", "after": True})
    bought = life.scene.offers[ALICE][-1][0]
    assert state(life, bought) is State.CANCELLING
    life.token_is_renewed(ALICE, 1)
    assert life.run(life.scene.process.accounts.token(ALICE)) == life.scene.token(ALICE)
    assert state(life, bought) is State.EXPIRED


def test_a_number_that_was_cancelled_against_the_providers_own_word_keeps_nobody_out_who_logs_out_as_told(life: Life) -> None:
    life.begin(bought=False)
    life.offer_and_buy(ALICE, 3)
    bought = life.scene.offers[ALICE][-1][0]
    life.cancel(ALICE, 0, "cancelNumber", {"kind": "cut", "after": True})
    life.cancel(ALICE, 0, "cancelNumber", {"kind": "code", "code": 203})
    assert state(life, bought) is State.ACTIVE
    life.token_is_renewed(ALICE, 0)
    life.run(life.scene.perform(Deed("balance", ALICE, 0)))
    with pytest.raises(OtherAccount):
        life.run(life.scene.process.accounts.connect(ALICE, life.scene.token(ALICE)))
    life.run(life.scene.come_to_rest())
    assert state(life, bought) is State.EXPIRED


def test_a_number_that_the_account_knows_says_that_it_is_the_same_account(life: Life) -> None:
    life.begin(bought=False)
    life.offer_and_buy(ALICE, 3)
    life.cancel(ALICE, 0, "cancelNumber", {"kind": "code", "code": 205, "after": True})
    life.offer_and_buy(ALICE, 3)
    life.token_is_renewed(ALICE, 1)
    assert life.run(life.scene.process.accounts.token(ALICE)) == life.scene.token(ALICE)
    life.time_passes(61)
    life.run(life.scene.together(Deed("poll", ALICE, 0)))
    first, second = [offer_id for offer_id, _ in life.scene.offers[ALICE]]
    assert (state(life, first), state(life, second)) == (State.EXPIRED, State.ACTIVE)
