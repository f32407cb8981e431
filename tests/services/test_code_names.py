"""Which words around a number make it the code, and which make it something else."""

import pytest

from bot.services.codes import extract_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4821 is parking code", None),
        ("Rooms 1111 or 2222. Your code is 3333", "3333"),
        ("Your code is 3333 or 4444", None),
        ("Zip code 12345. Your code is 482913.", "482913"),
        ("Code J. is 4821", "4821"),
        ("OTP 4821. Your OTP 4821 is 5555", "4821"),
        ("Code for order 5555 is ready; the OTP is 482913", "482913"),
        ("Login code 2FA 482913", "482913"),
        ("20% off today! Your code is 482913", None),
        ("20% off today! Your OTP is 482913", "482913"),
    ],
)
def test_words_name_what_they_belong_to(text: str, code: str | None) -> None:
    assert extract_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your OTP:\n482913 (valid 10 min)", "482913"),
        ("Your OTP is:\n482913 (valid 10 min)", "482913"),
        ("Your OTP is: \n\n482913 (valid 10 min)", "482913"),
        (f"Your OTP is:{' ' * 7}\n482913 (valid 10 min)", "482913"),
        (f"Your OTP is:{' ' * 8}\n482913 (valid 10 min)", None),
        ("Your OTP\n482913 (valid 10 min)", None),
        ("Your OTP is\n482913 (valid 10 min)", None),
    ],
)
def test_a_sentence_goes_on_in_the_next_line_only_after_a_colon(text: str, code: str | None) -> None:
    assert extract_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your OTP\n\n482913", "482913"),
        ("Never share your OTP.\nAcme\n\n482913", None),
        ("Never share your OTP.\nAmazon\n\n482913", "482913"),
        ("Never share your OTP.\n [Acme] 482913", "482913"),
        ("Hello\n[Acme] 482913", None),
    ],
)
def test_a_number_alone_on_its_line_belongs_to_what_stands_above(text: str, code: str | None) -> None:
    assert extract_code(text) == code


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("Amazon", "482913"),
        ("Acme:", "482913"),
        ("The Acme Bank:", "482913"),
        ("The Acme Bank :", None),
        ("The old Acme Bank:", None),
        ("The Acme Bank", None),
        ("Your order:", None),
        ("Your room:", None),
        ("Unit 7:", None),
        ("1.", None),
    ],
)
def test_no_more_than_a_senders_name_stands_before_a_number_that_is_called_a_code(before: str, code: str | None) -> None:
    assert extract_code(f"{before} 482913 - OTP") == code


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (", your code", "482913"),
        (" ~ code", "482913"),
        (" (Acme code)", "482913"),
        (" (Acmes code)", None),
        (" Acme code", None),
        (" is your Axis Bank gold credit card OTP", "482913"),
        (" is your Axis Bank gold plus credit card OTP", None),
        (" is your order code", None),
        (" is your room, the code follows", None),
        (" 是您的 WeChat 验证码", "482913"),
    ],
)
def test_a_name_that_follows_a_number_is_its_own_only_if_nothing_else_comes_between(after: str, code: str | None) -> None:
    assert extract_code(f"482913{after}") == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<482913> is your code", "482913"),
        ("Acme:<482913> - OTP", "482913"),
        ("482913> is your code", None),
        ("<482913; your code", None),
        ("<482913>; your code", None),
    ],
)
def test_angle_brackets_are_taken_off_in_pairs(text: str, code: str | None) -> None:
    assert extract_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your code is a1b2c3", "a1b2c3"),
        ("Your code is A1B2C3 for Acme", "A1B2C3"),
        ("Your code is ready4you whenever you like", None),
    ],
)
def test_a_word_with_a_digit_in_it_is_no_code_where_the_sentence_goes_on(text: str, code: str | None) -> None:
    assert extract_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Use 482913 on any phone, then log in",
        "Enter the code, the answer is 482913",
        "Code for the room is 482913",
        "Code ready and the answer is 482913",
        "Your code for 482913 has been sent",
        "The code begins with X! The answer is 482913",
    ],
)
def test_a_code_that_is_only_spoken_of_is_not_the_number_beside_it(text: str) -> None:
    assert extract_code(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Promo code: 4821",
        "Code postal : 4821",
        "Промокод: 4821",
        "कूपन कोड: 4821",
        "কুপন কোড: 4821",
        "割引コード: 4821",
        "할인 코드: 4821",
        "รหัสพัสดุ: 4821",
    ],
)
def test_a_code_of_another_kind_is_no_password(text: str) -> None:
    assert extract_code(text) is None
