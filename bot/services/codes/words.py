"""The words around a code, by language: what names it, what joins it to its name, what makes a number something else.

Every pattern is for text that `scan.normalise` made and that was lowered. Alternatives are literals with bounded endings, so a search
costs a constant per character whatever the text is.
"""

import re

_START = r"(?<![^\W\d_])"
_END = r"(?![^\W\d_])"


def _words(text: str) -> re.Pattern[str]:
    """Whole words. `*` after one lets it end in up to six more letters (case endings, possessives)."""
    parts = [re.escape(word).replace(r"\*", r"[^\W\d_]{0,6}").replace(r"\ ", r"[ -]") for word in _split(text)]
    return re.compile(f"{_START}(?:{'|'.join(parts)}){_END}")


def _anywhere(text: str) -> re.Pattern[str]:
    """Words of scripts that write without spaces, or that glue articles and endings on."""
    return re.compile("|".join(re.escape(word) for word in _split(text)))


def _either(*patterns: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for pattern in patterns))


def _split(text: str) -> list[str]:
    """Split at commas and line ends, longest first, since the first alternative that fits is taken."""
    return sorted({word.strip() for word in re.split(r"[,\n]", text) if word.strip()}, key=len, reverse=True)


CERTAIN = _either(
    _words("""
        otp*, totp, one time pass*, one time code*, one time pin*, one time key, onetime pass*, passcode*, pass code*, 2fa, mfa, tac
        verification code*, verify code*, confirmation code*, authentication code*, auth code*, security code*, login code*
        log in code*, sign in code*, access code*, activation code*, registration code*, code de v*, code de s*, code de c*
        verification, tan, smstan, mtan, pushtan, chiptan, photottan
        bestätigungscode*, verifizierungscode*, sicherheitscode*, anmeldecode*, einmalpasswor*, einmalcode*, einmalkennwor*, logincode*
        verificatiecode*, bevestigingscode*, inlogcode*, beveiligingscode*, toegangscode*, verifieringskod*, engångskod*, engangskode*
        bekræftelseskode*, bekreftelseskode*, vahvistuskoodi*, kertakäyttö*, säkerhetskod*, bekräftelsekod*
        подтвержден*, подтвердит*, верификац*, підтвердже*, пацвяржд*, потвържд*, потврд*
        verificación, verificacion, verificar, confirmación, de un solo uso, verificação, verificacao, confirmação, validation, vérification
        verifica, conferma, doğrulama, dogrulama, onay, tek kullanımlık, tek kullanimlik, verifikasi
        xác nhận, xác thực, xác minh, xac thuc, xac nhan, weryfikacyjn*, potwierdz*, ověřovací, overovac*, verificare, ellenőrző
    """),
    _anywhere("""
        ओटीपी, सत्यापन, पडताळणी, ওটিপি, ভেরিফিকেশন, যাচাইকরণ, ஓடிபி, சரிபார்ப்பு, ఓటీపీ, ధృవీకరణ, ઓટીપી, ಒಟಿಪಿ, ഒടിപി, او ٹی پی
        التحقق, تحقق, التفعيل, تأیید, تایید, رمز پویا, האימות, אימות
        验证, 驗證, 校验码, 动态密码, 動態密碼, 动态码, 確認碼, 确认码, 登录码, 安全码, 一次性
        認証, 確認コード, 確認番号, ワンタイム, パスコード, 検証コード
        인증, 확인코드, 확인 코드, 일회용, 보안코드, 보안 코드, รหัสยืนยัน
    """),
)
"""What only an authentication message says. It outweighs the vocabulary of advertising."""

NAME = _either(
    _words("""
        otp*, totp, one time password*, one time pass code*, code*, passcode*, pass code*, pin, password*, tac, tan, smstan, mtan, pushtan
        one time pin*, sms tan
        bestätigungscode*, verifizierungscode*, sicherheitscode*, anmeldecode*, einmalpasswor*, einmalcode*, einmalkennwor*, passwor*
        kennwor*, zugangscode*, logincode*, sms code*, verificatiecode*, bevestigingscode*, inlogcode*, beveiligingscode*, toegangscode*
        wachtwoord, kod*, verifieringskod*, engångskod*, engangskode*, bekræftelseskode*, bekreftelseskode*, säkerhetskod*
        bekräftelsekod*, vahvistuskoodi*, koodi*, kód*, cod, codul*, parola, şifre*, sifre*, κωδικός, κωδικό, κωδικος, código*, codigo*
        clave, contraseña, senha, codice, parolă, mot de passe, mã, ma, mật khẩu, mat khau, kode*, sandi, hasło, heslo, msimbo
        код, кода, коды, коду, кодом, пароль, пароля, парол, смс код, құпиясөз, կոդ*, კოდი*
        کد, کُد, کوڈ, رمز, رمزك, كود, كودك, الرمز, الكود, رمز عبور, او ٹی پی, پاس ورڈ, קוד, הקוד, קודך, סיסמה, סיסמתך, הסיסמה
    """),
    _anywhere("""
        ओटीपी, कोड, पासवर्ड, কোড, ওটিপি, পাসওয়ার্ড, ஓடிபி, குறியீடு, ఓటీపీ, కోడ్, ઓટીપી, કોડ, ಒಟಿಪಿ, ಕೋಡ್, ഒടിപി, കോഡ്, ਕੋਡ, ਓਟੀਪੀ
        验证码, 驗證碼, 校验码, 动态密码, 動態密碼, 动态码, 確認碼, 确认码, 认证码, 登录码, 安全码, 一次性密码, 一次性密碼, 密码, 密碼
        認証コード, 認証番号, 確認コード, 確認番号
        ワンタイムパスワード, パスコード, 暗証番号, セキュリティコード, ログインコード, 検証コード, コード
        인증번호, 인증 번호, 인증코드, 인증 코드, 확인코드, 확인 코드, 보안코드, 보안 코드, 비밀번호, 코드
        รหัสยืนยันตัวตน, รหัสยืนยัน, รหัสผ่าน, รหัส, လျှို့ဝှက်, ကုဒ်, លេខកូដ, ລະຫັດ, ኮድ, කේතය
    """),
)
"""What a code is called."""

OTHER_NAME = _either(
    _words("""
        promo code*, promotion code*, coupon code*, discount code*, voucher code*, gift code*, referral code*, invite code*, offer code*
        error code*, postal code*, zip code*, pin code*, pincode*, country code*, area code*, qr code*, bar code*, tracking code*
        appointment code*, booking code*, pickup code*, pick up code*, branch code*, dress code*, source code*
        ifsc code*, swift code*, sort code*, hsn code*
        merchant code*, customer code*, reference code*, agent code*, short code*, ussd code*, product code*, item code*, code of *
        code promo*, code postal, code barre*, code erreur, code parrain*, código postal, código promo*, código de rastre*
        código de descuento, código de barras, código de error, código de área, código de seguim*, codigo postal, codigo promo*
        cupom código, código de desconto, código de reserva, código de envio, código do pedido, código de indicação, codice sconto
        codice fiscale, codice postale, codice promo*, codice cliente, codice ordine, aktionscode*, gutscheincode*, rabattcode*, fehlercode*
        postcode*, kortingscode*, rabatkod*, rabattkod*, kod rabatow*, kod pocztow*, kod promo*, kod odbioru, promosyon kod*, indirim kod*
        hata kod*, posta kod*, kode promo, kode diskon, kode pos, kode referral, kode voucher, kode bayar, kode booking, kode resi
        промокод*, промо код*, код товара, код ошибки, код города, код домофона, код получения, код заказа, код выдачи, код скидки
        код страны, код региона, штрих код, штрихкод, код знижки, код товару, код отримання, mã giảm giá, mã đơn hàng, mã vận đơn
        mã bưu chính
        mã khuyến mãi, ma giam gia, ma don hang, ma van don, كود الخصم, كود خصم, رمز الخصم, الرمز البريدي, کد تخفیف, کد پستی, کد رهگیری
        کد سفارش, کد ملی, ڈسکاؤنٹ کوڈ, קוד קופון, קוד הנחה
    """),
    _anywhere("""
        प्रोमो कोड, कूपन कोड, पिन कोड, কুপন কোড, প্রোমো কোড, クーポンコード, バーコード, qrコード, プロモコード, 割引コード, 쿠폰 코드, 쿠폰코드
        할인 코드, 할인코드, รหัสไปรษณีย์, รหัสส่วนลด, รหัสอ้างอิง, รหัสพัสดุ, รหัสสินค้า, รหัสคำสั่งซื้อ
    """),
)
"""Codes of another kind: masked before anything is called a code."""

ADVERT = _either(
    _words("""
        off, discount*, coupon*, promo*, cashback, voucher*, sale, offer, offers, deal, deals, free, win, checkout, points, reward*
        delivered, shipped, shipment, parcel, courier, pickup, gate, locker, reservation, booking, address, ship to
        rabat*, gutschein*, angebot*, paket*, descuento*, oferta*, cupón*, gratis, envío, paquete, desconto*, cupom, promoção, entrega
        réduction*, remise, soldes, offre, colis, livraison, sconto, offerta, saldi, pacco, indirim*, kupon*, kampanya, kargo*
        diskon, kupon, giảm giá, khuyến mãi, zniżk*, promocj*, paczk*, korting, pakket, скидк*, промо*, акци*, распродаж*, купон*
        посылк*, доставк*, заказ, знижк*, посилк*, خصم, عرض, تخفیف, هدية, שובר, הנחה
    """),
    _anywhere("छूट, ऑफर, ছাড়, 优惠, 折扣, 满减, 退订, 快递, 包裹, 割引, セール, お届け, 할인, 쿠폰, 배송, 택배, ส่วนลด, โปรโมชั่น, พัสดุ"),
)
"""The vocabulary of advertising and deliveries: there a bare "code" is no one-time password."""

JOIN = _either(
    _words("""
        is, are, es, est, ist, lautet, é, e, è, jest, je, är, er, este, είναι, adalah, ialah, yaitu, là, la, это, є, це, гэта
        هو, هي, است, ہے, הוא, היא
    """),
    _anywhere("है, हैं, आहे, হলো, হল, হচ্ছে, છે, என்பது, 是, 为, 為, は, が, 는, 은, 가, 를, を, คือ, ఇది"),
)
"""What stands between a name and its code, in either order."""

LOOSE_JOIN = _words("as, como, als, comme, jako, come, sebagai, to, on, como tu, e, la, er, je")
"""Joins after a number that mean something else too ("48213 to get a code"): they count where a sentence starts or says "use", and
only with `GLUE` up to the name."""

OWN_JOIN = re.compile(r"^(?:kod[^\W\d_]{0,6}|hasło)[^\d,;]{0,60} to\W{0,3}$|^(?:vahvistus)?koodi[^\W\d_]{0,6}[^\d,;]{0,60} on\W{0,3}$")
"""Polish "to" and Finnish "on" mean "is", but only after a name of their own language."""

USE = _words("""
    use, using, enter, type, input, usa, usá, introduce, ingresa, ingrese, introduzca, digite, insira, utilize, utilisez, utilise, entrez
    saisissez, saisis, gib, geben sie, nutze, verwende, verwenden sie, inserisci, gunakan, masukkan, nhập, nhap, dùng, wpisz, użyj, gebruik
    voer, введите, используйте, введи, введіть, використайте, استخدم, أدخل
""")
"""A request to use what follows; the sentence must also say what for."""

IN_ORDER_TO = re.compile(r"[\s,)\]\"'*]*(?:ein |in |zum |om )?,? ?(?:to|for|para|pour|um|zum|per|untuk|để|de|aby|om|voor|для|щоб|чтобы|ل)")
"""What follows a code that one is asked to use."""

PURPOSE = _words("""
    verify, confirm, log in, login, sign in, sign up, register, activate, authenticate, verificar, confirmar, iniciar sesión, entrar
    acceder, vérifier, confirmer, connecter, bestätigen, anmelden, verifizieren, verificare, confermare, accedere, memverifikasi, masuk
    xác minh, đăng nhập, zweryfikować, zalogować, bevestigen, inloggen, подтвержден*, подтвердить, входа, підтвердження, входу
""")
"""What a code is for."""

GLUE = _words("""
    your, the, a, an, my, this, of, for, sms, otp, code, number, no, login, log, in, sign, verification, confirmation, security, access
    authentication, activation, one, time, secret, account, new, ваш, ваша, твой, ваше, подтверждения, доступа, входа, для, смс, из, входу
    підтвердження, пацвярджэння, tu, su, tus, de, del, seu, sua, teu, do, da, o, votre, ton, le, ihr, ihre, dein, deine, il, tuo, suo
    verificación, verificação, confirmación, confirmação, vérification, validation, sécurité, seguridad, segurança, acceso, conferma
    verifica, accesso, sizin, doğrulama, dogrulama, onay, giriş, tek, kullanımlık, kullanimlik, anda, kamu, verifikasi, twój, twoj, masuk
    weryfikacyjny, potwierdzający, uw, je, din, váš, tău, của, bạn, xác, nhận, thực, minh, آپ, کا, شما, تأیید, تایید, ورود, پویا, عبور
    التحقق, التفعيل, الخاص, بك, שלך, האימות, अपना, आपका, তোমার, আপনার, connexion, की, का, の
    التأكيد, доступу, операции, فعال, سازی, فعالسازی
""")
"""Words that belong to the name of a code and carry no number of their own."""

PREPOSITION = re.compile(_START + r"(?:for|of|in|to|de|del|do|da|di|für|для|из|voor|pour|para)\W{0,3}$")
"""Words that need a noun: "code for 4821" does not name 4821."""

SENDER = _words("""
    whatsapp, business, telegram, google, amazon, facebook, instagram, meta, uber, lyft, paytm, phonepe, swiggy, zomato, flipkart, ola
    steam, guard, discord, tiktok, microsoft, apple, vk, yandex, avito, olx, netflix, tinder, signal, viber, line, wechat, kakaotalk
    linkedin, paypal, airbnb, github, snapchat, twitter, reddit, coinbase, binance, shopee, tokopedia, gojek, grab, bolt, glovo, rappi
    spotify, yahoo, ebay, x, imo, zoom, slack, bumble, hinge, badoo, zepto, blinkit, meesho, myntra, ajio, jio, airtel, cred, rapido
    вконтакте, яндекс, авито, сбербанк, тинькофф, озон, ozon, wildberries, госуслуги, одноклассники, telegram messenger
""")
"""Names that may stand alone before a code: "Amazon: 58213"."""

THING = _either(
    _words("""
        order, order id, id, ref, ref no, reference, balance, bal, invoice, ticket, booking, shipment, tracking, awb, pnr, train, flight
        a/c, helpline, hotline, contact, support, dial, call, text, телефон, звоните, soporte, ayuda, points, total
        amount, utr, pedido, saldo, factura, importe, referencia, commande, solde, montant, référence, bestellung, rechnung, betrag
        kundennummer, ordine, importo, sipariş, bakiye, pesanan, đơn hàng, số dư, zamówieni*, bestelling
        заказ, заказа, заказу, баланс, сумма, договор, замовлення, сума, рахунок, طلب, رصيد, سفارش, موجودی
    """),
    _anywhere("ऑर्डर, शेष, 订单, 訂單, 余额, 尾号, 单号, 電話, 电话, 注文, 残高, 주문, 잔액, คำสั่งซื้อ, ยอดเงิน, อ้างอิง"),
)
"""Things that have numbers of their own: the next number is theirs."""

SLOT = _words("""
    to, on, at, till, until, before, from, ending, room, table, gate, version, extension, ext, date, time, year, account, account no, no, nr
    phone, mobile, fecha, hora, data, datum, дата, время, до, от, счет, счёт, номер, карта, карты, card, tarjeta, carte, karte, carta
""")
"""Words that give the number right after them another meaning."""

SPENT = _words("""
    has expired, is expired, have expired, no longer valid, already used, already been used, is invalid, not valid, was invalid, incorrect
    истёк, истек, устарел, недействителен, ha expirado, ha caducado, expirou, a expiré, n'est plus valide, ist abgelaufen, è scaduto
    süresi doldu, sudah kedaluwarsa, đã hết hạn, wygasł, is verlopen
""")
"""A code that is named to say it works no more."""

UNIT = _either(
    _words("""
        s, sec, secs, second*, m, min, mins, minute*, minut*, h, hr, hrs, hour*, hora*, heure*, stunde*, ore, uur, day*, days, день, дня
        дней, día*, dia*, jour*, tag*, giorn*, gün, dakika*, saniye*, menit, detik, jam, hari, phút, giây, giờ, мин, минут*, сек, секунд*
        час*, хв, хвилин*, годин*, секунд*, mb, gb, kb, km, kg, pts, point*, people, times, customers, steps, digit*
        rs, inr, usd, eur, gbp, rub, uah, kzt, try, tl, vnd, idr, rp, brl, pln, zł, kč, aed, sar, php, thb, bdt, tk, pkr, ngn, kes
        руб, рублей, рубля, р, грн, тенге, тг, đ, dong, euro*, dollar*, rupee*, rupiah, lei, ft, kr, myr, rm, sgd, cny, jpy, krw
        دقيقة, دقائق, دقیقه, ثانیه, دينار, درهم, ريال, ریال, تومان, جنيه, روپے, منٹ, דקות, שניות, שקל
    """),
    _anywhere(
        "मिनट, रुपये, মিনিট, টাকা, நிமிட, ரூபாய், నిమిషా, రూపాయ, 分, 秒, 小时, 小時, 天, 元, 円, 日, 月, 年, 時, 분, 초, 시간, 원, นาที, วินาที, บาท"
    ),
)
"""What makes the number before it a length of time or an amount of something."""

CURRENCY_BEFORE = _words("""
    rs, inr, usd, eur, gbp, rub, uah, kzt, try, tl, vnd, idr, rp, brl, pln, aed, sar, php, thb, bdt, tk, pkr, ngn, kes, rm, myr, sgd, cny
    jpy, krw, us, hk, mrp
""")
"""Currencies written before their amount."""
