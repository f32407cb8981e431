from bot.gateway.budget import All, Bucket, Budgets, Window


def test_a_window_allows_so_many_in_any_stretch_of_its_period() -> None:
    window = Window(2, 10.0)
    window.take(0.0)
    window.take(4.0)
    assert window.ready_at() == 10.0
    window.take(10.0)
    assert window.ready_at() == 14.0
    assert not window.is_full(19.9)
    assert window.is_full(20.0)


def test_what_is_given_back_to_a_window_can_be_spent_again() -> None:
    window = Window(2, 10.0)
    window.take(0.0)
    window.take(1.0)
    window.give_back()
    assert window.ready_at() <= 1.0
    window.take(1.0)
    assert window.ready_at() == 10.0


def test_a_bucket_allows_a_burst_and_then_one_at_each_interval() -> None:
    bucket = Bucket(1.0, 3)
    for _ in range(3):
        assert bucket.ready_at() <= 5.0
        bucket.take(5.0)
    assert bucket.ready_at() == 6.0
    bucket.give_back()
    assert bucket.ready_at() == 5.0
    assert not bucket.is_full(6.9)
    assert bucket.is_full(7.0)


def test_several_budgets_are_ready_when_the_last_one_is() -> None:
    both = All(Window(1, 10.0), Bucket(1.0, 2))
    both.take(0.0)
    assert both.ready_at() == 10.0
    assert not both.is_full(1.0)
    both.give_back()
    assert both.ready_at() <= 0.0
    assert both.is_full(0.0)


def test_full_budgets_are_dropped_and_spent_ones_kept() -> None:
    budgets = Budgets[int, Window](lambda _key: Window(1, 10.0), sweep_at=100)
    budgets.of(0, 0.0).take(0.0)
    for moment in range(1, 5000):
        budgets.of(moment, moment / 1000).take(moment / 1000 - 9.9)
        assert len(budgets) <= 300
    assert budgets.of(0, 5.0).ready_at() == 10.0
