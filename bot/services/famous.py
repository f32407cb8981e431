"""Well-known services: the emoji that stands beside a name, never in its place, and what else people call them.

The provider names its products as it likes, in any script. The other names are what people type: abbreviations, former names, products of
the same account, and spellings in scripts that do not write every vowel, where letters alone would not lead to the name.
"""

from dataclasses import dataclass
from functools import lru_cache

from bot.services.spelling import parts, solid


@dataclass(frozen=True, slots=True)
class Famous:
    """A service that nearly everybody knows."""

    name: str
    emoji: str
    others: tuple[str, ...]


_ANY = "Any other"

# Name, emoji, other names.
_TABLE: tuple[tuple[str, str, str], ...] = (
    ("WhatsApp", "💬", "wa, wapp, ватсап, вотсап, вацап, вотсапп, व्हाट्सएप, व्हाट्सऐप, वॉट्सऐप, واتساب, واتس اب, واٹس ایپ, 왓츠앱"),
    ("Telegram", "✈️", "tg, тг, телега, टेलीग्राम, تلگرام, تيليجرام, تلغرام, ٹیلی گرام, 텔레그램, 电报"),
    ("Google", "🔍", "gmail, youtube, gugl, гугл, гмейл, ютуб, गूगल, जीमेल, जी मेल, यूट्यूब, جوجل, گوگل, 谷歌, 구글"),
    ("Facebook", "👥", "fb, meta, фейсбук, फेसबुक, फ़ेसबुक, فيسبوك, فیسبوک, فیس بک, 脸书, 페이스북"),
    ("Instagram", "📷", "insta, ig, инста, инстаграм, इंस्टा, इंस्टाग्राम, انستقرام, انستغرام, اینستاگرام, 인스타그램"),
    ("Amazon", "📦", "amzn, амазон, अमेज़न, अमेजन, ऐमज़ॉन, أمازون, آمازون, 亚马逊, 아마존"),
    ("Вконтакте", "👥", "vk, vkontakte, в контакте, вк, контакт"),
    ("Одноклассники", "👥", "ok, ok.ru, ок, odnoklassniki"),
    ("Яндекс", "🔍", "yandex, ya, я"),
    ("Avito", "🏷", "авито"),
    ("Mail.ru", "📧", "mail, мейл, мэйл, майл ру, мейл ру"),
    ("X", "🐦", "twitter, tweet, твиттер, ट्विटर, تويتر, توییتر, 推特, 트위터"),
    ("TikTok", "🎵", "tik tok, тикток, тик ток, टिकटॉक, تيك توك, تیک تاک, 틱톡"),
    ("Snapchat", "👻", "snap, снапчат, स्नैपचैट, سناب شات, اسنپ چت"),
    ("Discord", "🎧", "дискорд, डिस्कॉर्ड, ديسكورد"),
    ("Viber", "💬", "вайбер, вибер, فايبر, وایبر"),
    ("Signal", "💬", "сигнал, सिग्नल"),
    ("LINE", "💬", "лайн, ライン, ไลน์"),
    ("WeChat", "💬", "weixin, wx, 微信, вичат, वीचैट, وي شات"),
    ("KakaoTalk", "💬", "kakao, 카카오, 카카오톡, какао"),
    ("imo", "💬", "имо, ايمو, ایمو"),
    ("Skype", "💬", "скайп"),
    ("LinkedIn", "💼", "линкедин, लिंक्डइन, لينكد ان"),
    ("Reddit", "👽", "реддит"),
    ("Pinterest", "📌", "пинтерест"),
    ("Threads", "🧵", "тредс"),
    ("Microsoft", "🪟", "ms, outlook, hotmail, office 365, майкрософт, माइक्रोसॉफ्ट, مايكروسوفت"),
    ("Apple", "🍏", "icloud, apple id, iphone, эпл, एप्पल, ऐपल, ابل, اپل, 苹果, 애플"),
    ("Yahoo", "📧", "яху, याहू, ياهو, یاهو"),
    ("Outlook", "📧", "hotmail, live"),
    ("Proton Mail", "📧", "proton, протон"),
    ("Steam", "🎮", "стим, स्टीम, ستيم, استیم"),
    ("Epic Games", "🎮", "epic, fortnite"),
    ("Blizzard", "🎮", "battle.net, battlenet, близзард"),
    ("PlayStation", "🎮", "psn, sony playstation, плейстейшн"),
    ("Xbox", "🎮", "иксбокс"),
    ("Roblox", "🎮", "роблокс"),
    ("PUBG", "🎮", "bgmi, пабг"),
    ("Twitch", "🎮", "твич"),
    ("Netflix", "🎬", "нетфликс, नेटफ्लिक्स, نتفلكس, نتفلیکس"),
    ("Hotstar", "🎬", "disney hotstar, jiohotstar"),
    ("Disney+", "🎬", "disney plus"),
    ("Кинопоиск", "🎬", "kinopoisk"),
    ("Spotify", "🎵", "спотифай, سبوتيفاي, اسپاتیفای"),
    ("YouTube", "📺", "yt, ютуб, ютюб, यूट्यूब, يوتيوب, یوتیوب"),
    ("Tinder", "🔥", "тиндер, टिंडर"),
    ("Bumble", "🐝", "бамбл"),
    ("Badoo", "💜", "баду"),
    ("Mamba", "💜", "мамба"),
    ("Hinge", "💜", "хиндж"),
    ("Grindr", "💜", "гриндр"),
    ("Uber", "🚗", "убер, उबर, اوبر"),
    ("Ola", "🚗", "ola cabs, ओला"),
    ("Rapido", "🛵", "रैपिडो"),
    ("Bolt", "🚗", "taxify, болт"),
    ("inDrive", "🚗", "indriver, индрайв, индрайвер"),
    ("Yandex Go", "🚕", "yandex taxi, яндекс такси, яндекс го"),
    ("Gojek", "🛵", "go jek"),
    ("Grab", "🛵", "grab taxi"),
    ("DiDi", "🚗", "滴滴, диди"),
    ("BlaBlaCar", "🚗", "блаблакар"),
    ("Swiggy", "🍔", "instamart, स्विगी"),
    ("Zomato", "🍔", "ज़ोमैटो, जोमैटो"),
    ("McDonald's", "🍔", "mcd, макдоналдс, вкусно и точка"),
    ("KFC", "🍗", "кфс, ростикс"),
    ("Domino's", "🍕", "dominos pizza, доминос"),
    ("Delivery Club", "🍔", "деливери"),
    ("Blinkit", "🛒", "grofers, ब्लिंकिट"),
    ("Zepto", "🛒", "ज़ेप्टो"),
    ("BigBasket", "🛒", "bb now"),
    ("JioMart", "🛒", "जियोमार्ट"),
    ("Flipkart", "🛍", "fk, फ्लिपकार्ट"),
    ("Meesho", "🛍", "मीशो"),
    ("Myntra", "🛍", "मिंत्रा"),
    ("Nykaa", "🛍", "नायका"),
    ("Snapdeal", "🛍", "स्नैपडील"),
    ("Alibaba", "🛍", "1688, алибаба"),
    ("AliExpress", "🛍", "ali, али, алиэкспресс"),
    ("Taobao", "🛍", "淘宝, таобао"),
    ("Shopee", "🛍", "шопи"),
    ("Lazada", "🛍", "лазада"),
    ("Tokopedia", "🛍", "tokped, toped"),
    ("eBay", "🛍", "ебей, ибей, ебэй"),
    ("Wildberries", "🛍", "wb, вб, вайлдберриз, вайлдберис"),
    ("Ozon", "🛍", "озон"),
    ("OLX", "🏷", "олх"),
    ("メルカリ", "🏷", "mercari"),
    ("Airbnb", "🏠", "эйрбнб, аирбнб"),
    ("Booking.com", "🏨", "booking, букинг"),
    ("OYO", "🏨", "oyo rooms"),
    ("MakeMyTrip", "🧳", "mmt"),
    ("IRCTC", "🚆", "indian railways, आईआरसीटीसी"),
    ("redBus", "🚌", "रेडबस"),
    ("Paytm", "💳", "पेटीएम"),
    ("PhonePe", "💳", "phone pay, फोनपे, फोन पे"),
    ("Google Pay", "💳", "gpay, tez, गूगल पे"),
    ("MobiKwik", "💳", "मोबिक्विक"),
    ("PayPal", "💳", "пейпал, палка, بايبال, پی پال"),
    ("Revolut", "💳", "револют"),
    ("Wise", "💳", "transferwise, вайз"),
    ("Тинькофф", "💳", "tinkoff, т-банк, t-bank, тбанк"),
    ("Сбербанк", "💳", "sber, sberbank, сбер"),
    ("支付宝", "💳", "alipay, zhifubao, алипэй, алипей"),
    ("Qiwi", "💳", "киви"),
    ("GCash", "💳", "g cash"),
    ("Binance", "🪙", "бинанс, बाइनेंस, بينانس, بایننس, 币安"),
    ("Coinbase", "🪙", "коинбейс"),
    ("WazirX", "🪙", "वज़ीरएक्स"),
    ("Bybit", "🪙", "байбит"),
    ("OKX", "🪙", "okex, окекс"),
    ("Dream11", "🏏", "dream eleven, ड्रीम11"),
    ("MPL", "🏏", "mobile premier league"),
    ("1xBet", "🎲", "1хбет, xbet"),
    ("OpenAI", "🤖", "chatgpt, chat gpt, gpt, sora, чат гпт, чатгпт"),
    ("ChatGPT", "🤖", "gpt, chat gpt, чат гпт, чатгпт"),
    ("Claude", "🤖", "anthropic, клод"),
    ("Госуслуги", "🏛", "gosuslugi"),
    (_ANY, "✨", "other, another, any, not listed, другой, другое, любой, любой другой, अन्य, कोई और, 其他"),
)
_KNOWN: dict[str, Famous] = {}
for _name, _emoji, _others in _TABLE:
    _known = Famous(_name, _emoji, tuple(_others.split(", ")))
    _KNOWN.setdefault(solid(_name), _known)
_BY_ANY_NAME: dict[str, Famous] = dict(_KNOWN)
for _known in _KNOWN.values():
    for _other in _known.others:
        _BY_ANY_NAME.setdefault(solid(_other), _known)


@lru_cache(maxsize=8192)
def famous(name: str) -> tuple[Famous, ...]:
    """Tell which well-known services a product is: by its whole name, a part of it ("X (Twitter)"), or all its words ("微信 WeChat")."""
    found = [_BY_ANY_NAME.get(solid(part)) for part in (name, *parts(name))]
    words = [_BY_ANY_NAME.get(solid(word)) for word in name.split()]
    if len(set(words)) == 1:
        found.append(words[0])
    return tuple(dict.fromkeys(known for known in found if known is not None))


def stands_for_any(name: str) -> bool:
    """Whether a product is sold for whatever service is not listed under its own name ("Any other")."""
    return any(known.name == _ANY for known in famous(name))


def emoji(name: str) -> str:
    """Give the emoji of a product that is well known; "" for any other."""
    known = famous(name)
    return known[0].emoji if known else ""
