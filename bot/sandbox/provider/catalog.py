"""What the simulated provider sells: products with names, prices and texts in the manner of the real thing."""

from decimal import Decimal

from bot.sandbox.provider.records import Offer

DEMO_ACCOUNTS = (
    ("demo-token-alice", "Alice", Decimal(500)),
    ("demo-token-bob", "Bob", Decimal(42)),
    ("demo-token-empty", "Empty", Decimal(0)),
)
"""Token, label and balance of the accounts that exist from the start."""

COUNTRIES = {"in": ("91", 10), "id": ("62", 10), "ru": ("7", 10), "gb": ("44", 10)}
"""Country → calling code and how many digits follow it. The reference lists only India."""

# id, name, price, stock, the text of an SMS where it is not the usual one.
_TABLE: tuple[tuple[str, str, str, int, str], ...] = (
    ("wa", "WhatsApp", "38.50", 120, "Your WhatsApp code: {code3}-{code3b}\n\nDon't share this code with others"),
    ("tg", "Telegram", "62.00", 80, "Telegram code {code5}"),
    ("go", "Google", "18.00", 200, "G-{code} is your Google verification code."),
    ("fb", "Facebook", "9.50", 150, "{code5} is your Facebook confirmation code"),
    ("ig", "Instagram", "8.00", 150, "{code3} {code3b} is your Instagram code. Don't share it."),
    ("am", "Amazon", "12.00", 90, "{code} is your Amazon OTP. Do not share it with anyone."),
    ("vk", "Вконтакте", "27.50", 40, "ВКонтакте: {code5} — ваш код подтверждения"),
    ("ok", "Одноклассники", "14.00", 30, "{code} - код для входа в Одноклассники"),
    ("ya", "Яндекс", "11.50", 60, "Ваш код подтверждения: {code3}-{code3b}. Наберите его в поле ввода. Яндекс"),
    ("av", "Avito", "33.00", 25, "{code5} — код для входа на Авито. Никому его не говорите."),
    ("ub", "Uber", "7.50", 110, "Your Uber code is {code4}. Never share this code."),
    ("ol", "Ola", "6.00", 90, "{code4} is the OTP to log in to your Ola account. Valid for 15 minutes."),
    ("sw", "Swiggy", "5.50", 140, "{code} is your OTP to access Swiggy. Valid for 10 minutes."),
    ("zo", "Zomato", "5.00", 140, "Dear customer, {code} is your Zomato OTP."),
    ("fk", "Flipkart", "6.50", 100, "{code} is your OTP for Flipkart. Do not share it with anyone by any means."),
    ("pt", "Paytm", "15.00", 70, "{code} is your Paytm OTP. Never share it with anyone."),
    ("pp", "PhonePe", "16.50", 60, "<#> {code5} is your PhonePe OTP. Do not share it."),
    ("ms", "Microsoft", "10.00", 120, "Use {code} as Microsoft account security code"),
    ("ap", "Apple", "22.00", 55, "Your Apple ID Code is: {code}. Don't share it with anyone."),
    ("st", "Steam", "13.50", 45, "Your Steam verification code is {code5}"),
    ("dc", "Discord", "12.50", 65, "Your Discord verification code is {code}"),
    ("tt", "TikTok", "9.00", 130, "[TikTok] {code} is your verification code"),
    ("tw", "X (Twitter)", "11.00", 75, "Your X confirmation code is {code}."),
    ("li", "LinkedIn", "14.50", 50, "Your LinkedIn verification code is {code}."),
    ("nf", "Netflix", "10.50", 85, "Your Netflix verification code is {code}."),
    ("ti", "Tinder", "24.00", 35, "Your Tinder code is {code}"),
    ("bu", "Bumble", "19.00", 35, "{code} is your Bumble verification code."),
    ("sg", "Signal", "21.00", 45, "Your Signal verification code: {code3}-{code3b}"),
    ("vi", "Viber", "20.50", 40, "Your Viber code: {code}. You can also tap the link to finish your activation"),
    ("ln", "LINE", "26.00", 30, "Enter {code} to verify your phone number. LINE"),
    ("wc", "微信 WeChat", "58.00", 12, "【微信】验证码 {code},请勿泄露给他人。"),
    ("kt", "카카오톡", "44.00", 15, "[카카오] 인증번호 [{code}]를 입력해 주세요."),
    ("al", "支付宝", "63.00", 8, "【支付宝】校验码 {code4},请勿泄露。"),
    ("me", "メルカリ", "71.50", 6, "メルカリの認証番号は {code} です。"),
    ("ay", "Alibaba", "9.50", 60, ""),
    ("sh", "Shopee", "7.00", 80, "[Shopee] {code} is your verification code. Valid for 10 minutes."),
    ("lz", "Lazada", "7.50", 70, "LAZADA: your verification code is {code}."),
    ("gj", "Gojek", "8.50", 60, "Kode verifikasi Gojek kamu: {code4}. Jangan berikan ke siapa pun."),
    ("gr", "Grab", "8.00", 75, "Your Grab activation code is {code}"),
    ("tp", "Tokopedia", "8.50", 50, "Tokopedia: {code} adalah kode verifikasi kamu."),
    ("bk", "Blinkit", "4.50", 95, ""),
    ("zp", "Zepto", "4.50", 95, "{code} is your Zepto OTP."),
    ("my", "Myntra", "5.00", 100, "{code4} is your OTP for Myntra login."),
    ("mo", "Meesho", "3.50", 120, ""),
    ("jm", "JioMart", "3.00", 110, ""),
    ("bb", "BigBasket", "4.00", 90, "{code} is your bigbasket one-time password."),
    ("mm", "MakeMyTrip", "5.50", 65, ""),
    ("oy", "OYO", "4.00", 70, "{code4} is your OYO verification code."),
    ("rp", "Rapido", "4.50", 85, "{code4} is your Rapido OTP."),
    ("ir", "IRCTC", "6.50", 40, "OTP for IRCTC registration is {code}."),
    ("dh", "Dream11", "17.00", 30, ""),
    ("mp", "MPL", "15.50", 30, ""),
    ("wx", "WazirX", "36.00", 20, "{code} is your WazirX verification code."),
    ("cb", "Coinbase", "48.50", 15, "Your Coinbase verification code is: {code}."),
    ("bn", "Binance", "52.00", 15, "[Binance] Verification code: {code}. Beware of scam calls."),
    ("py", "PayPal", "41.00", 25, "PayPal: {code} is your security code. Don't share it."),
    ("rv", "Revolut", "95.00", 5, "Your Revolut verification code is {code3}-{code3b}."),
    ("wi", "Wise", "88.00", 6, "{code} is your Wise code."),
    ("oa", "OpenAI", "29.00", 45, "Your OpenAI verification code is: {code}"),
    ("ab", "Airbnb", "13.00", 50, "Your Airbnb verification code is {code4}."),
    ("bo", "Booking.com", "12.50", 45, ""),
    ("sc", "Snapchat", "10.50", 70, "Snapchat code: {code}. Do not share it or use it elsewhere!"),
    ("yh", "Yahoo", "6.00", 90, ""),
    ("na", "Naver", "31.00", 20, "[네이버] 인증번호 [{code}]를 입력해주세요."),
    ("ot", "Any other", "2.50", 300, "Your verification code is {code}"),
    ("so", "Sold out example", "9.00", 0, ""),
)


def offers() -> list[Offer]:
    """Give fresh offers of the whole catalog."""
    return [
        Offer(product_id, name, Decimal(price), stock, text or "{code} is your {name} verification code.")
        for product_id, name, price, stock, text in _TABLE
    ]


def many_offers(count: int) -> list[Offer]:
    """Give as many made-up offers as asked for."""
    return [Offer(f"p{index}", f"Service {index}", Decimal(250 + index % 900) / 100) for index in range(count)]
