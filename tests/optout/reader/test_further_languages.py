"""Languages without a grammar: keywords and phrases opt out, what may ask to stop holds, ordinary texts do neither."""

import pytest

from optout.languages import LANGUAGES
from optout.reader.further_languages import NAMES
from optout.reader.languages.further_european import EUROPEAN
from optout.reader.languages.further_scripts import SCRIPTS
from optout.reader.languages.further_world import WORLD
from optout.reader.outcome import Outcome, ReaderSettings, ReadingMode
from optout.reader.reading import read

KEYWORDS = {
    "ru": ["стоп", "СТОП!!", "Отпишите меня, пожалуйста", "отписаться"],
    "uk": ["відписатися", "Відпишіть мене, будь ласка"],
    "pl": ["wypisz mnie", "Proszę mnie wypisać", "WYPISZ MNIE PROSZE"],
    "cs": ["Odhlaste mě, prosím", "zrušit odběr"],
    "ro": ["Dezabonare", "dezabonati-ma va rog"],
    "hu": ["leiratkozás"],
    "el": ["ΑΠΕΓΓΡΑΦΗ"],
    "sv": ["avregistrera mig tack"],
    "da": ["afmeld mig"],
    "no": ["Meld meg av, takk"],
    "fi": ["Poistakaa minut"],
    "tr": ["Aboneliğimi iptal et", "listeden çıkarın lütfen"],
    "vi": ["Hủy đăng ký", "huy dang ky"],
    "tl": ["itigil niyo na po"],
    "id": ["berhenti berlangganan"],
    "ht": ["Dezabòne m"],
    "hi": ["msg band karo", "मैसेज बंद करो", "मैसेज बंद कीजिए।"],
    "ar": ["توقف", "الغاء الاشتراك", "إلغاء الاشتراك من فضلك"],
    "he": ["הסר", "תסירו אותי בבקשה"],
    "fa": ["لغو اشتراک"],
    "ja": ["配信停止", "配信停止してください。"],
    "zh": ["退订", "退訂", "退订回T", "取消订阅"],
    "ko": ["수신거부", "수신 거부 해주세요"],
    "th": ["หยุดส่งข้อความ"],
}
ASKS = {
    "ru": ["Больше не пишите мне", "удалите мой номер"],
    "uk": ["Не пишіть мені більше"],
    "pl": ["nie piszcie do mnie", "usuńcie mój numer z bazy"],
    "cs": ["nepište mi už"],
    "el": ["μη μου στέλνετε άλλα μηνύματα"],
    "sv": ["ta bort mitt nummer", "skicka inte fler sms"],
    "no": ["ikke send meg flere meldinger"],
    "fi": ["lopeta viestit", "Älkää lähettäkö enää mitään"],
    "tr": ["bana mesaj atmayın"],
    "vi": ["đừng nhắn tin nữa", "Dung nhan tin cho toi nua"],
    "tl": ["Wag na kayo magtext"],
    "id": ["jangan kirim sms lagi"],
    "ht": ["sispann voye mesaj ban mwen", "pa ekri m ankò"],
    "hi": ["मुझे मैसेज मत भेजो"],
    "ar": ["لا ترسلوا لي رسائل", "احذفوا رقمي"],
    "he": ["תפסיקו לשלוח לי הודעות"],
    "fa": ["لطفا دیگه پیام ندهید"],
    "ja": ["もう送らないでください"],
    "zh": ["请不要再给我发短信了", "把我从名单上删除"],
    "ko": ["문자 그만 보내세요"],
    "th": ["อย่าส่งมาอีก"],
    "hu": ["kérem ne írjanak többet"],
    "da": ["fjern mit nummer"],
    "ro": ["nu îmi mai scrieți", "Ștergeți numărul meu"],
}
HELD = {
    "ru": ["Не присылайте мне смс", "хватит", "Вы ошиблись номером"],
    "uk": ["перестаньте слати повідомлення"],
    "pl": ["Nie chcę więcej wiadomości", "przestańcie"],
    "cs": ["už mi neposílejte žádné zprávy", "nechcem ziadne spravy"],
    "ro": ["nu mai vreau mesaje", "Ați greșit numărul"],
    "hu": ["hagyjanak békén", "Nem kérek több üzenetet"],
    "el": ["Αφαιρέστε με από τη λίστα"],
    "da": ["Hold op med at skrive til mig", "forkert nummer"],
    "no": ["feil nummer"],
    "fi": ["väärä numero"],
    "tr": ["durdur", "Yanlış numara"],
    "vi": ["nhầm số rồi"],
    "tl": ["tama na", "Ayoko na po ng text niyo"],
    "id": ["salah nomor"],
    "hi": ["mujhe msg mat bhejo", "galat number"],
    "ar": ["الرقم غلط"],
    "he": ["די", "טעות במספר"],
    "ja": ["番号が間違っています", "メールは不要です"],
    "zh": ["别发了", "你打错了"],
    "ko": ["번호 잘못 아셨어요", "그만"],
    "th": ["ผิดเบอร์ค่ะ", "ไม่สนใจ"],
    "ht": ["rete ak mesaj yo"],
    "sv": ["fel nummer"],
    "fa": ["شماره اشتباه"],
}
ORDINARY = [
    "Привет, когда вы открыты?", "Да, спасибо", "Не забудьте отправить счёт", "Можно перенести на четверг?",
    "Czy macie jutro wolny termin?", "Tak, dziękuję", "Nie mogę przyjść, przepraszam", "Usuń proszę cebulę",
    "Můžeme to přesunout na pátek?", "Nu pot ajunge mâine", "Nem tudok jönni holnap", "Ευχαριστώ πολύ",
    "Kan jag boka om till fredag?", "Kan jeg komme i morgen?", "Jeg kommer litt sent", "Voinko tulla huomenna?",
    "Randevuyu yarına alabilir miyiz?", "Mai mấy giờ mở cửa?", "Huy", "Dung", "Salamat po, see you tomorrow",
    "Anong oras kayo bukas?", "Besok jam berapa buka?", "Mwen ap vini demen", "kal kitne baje aana hai", "Ok tak",
    "هل يمكنني تغيير الموعد؟", "شكرا جزيلا", "אפשר לקבוע תור למחר?", "תודה רבה", "ساعت چند باز می‌شوید؟",
    "明日の予約を変更できますか", "ありがとうございます", "我想预约明天三点", "不要忘记发货", "发票请不要发错",
    "谢谢", "내일 예약 변경할 수 있을까요?", "네 감사합니다", "कल कितने बजे आना है?", "धन्यवाद", "พรุ่งนี้เปิดกี่โมง", "ขอบคุณค่ะ",
]  # fmt: skip


def _cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(code, text) for code, texts in table.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), _cases(KEYWORDS))
def test_a_keyword_opts_out(language: str, text: str) -> None:
    found = read(text)
    assert (found.outcome, found.language) == (Outcome.OPT_OUT, language)
    assert found.rule == f"asks to stop, in {NAMES[language]}" and found.found == text
    assert read(text, ReaderSettings(ReadingMode.KEYWORDS)).may_be_opt_out


@pytest.mark.parametrize(("language", "text"), _cases(ASKS))
def test_a_phrase_opts_out_in_a_short_text_that_is_no_question(language: str, text: str) -> None:
    found = read(text)
    assert (found.outcome, found.rule) == (Outcome.OPT_OUT, f"asks to stop texting, in {NAMES[language]}")
    assert read(f"{text}?").outcome is Outcome.HOLD


def test_a_phrase_in_a_longer_text_holds() -> None:
    text = "Здравствуйте, я переехала в другой город и больше к вам не приду, пожалуйста удалите мой номер"
    assert read(text).outcome is Outcome.HOLD
    assert read("удалите мой номер").outcome is Outcome.OPT_OUT


@pytest.mark.parametrize(("language", "text"), _cases(HELD))
def test_what_may_ask_to_stop_holds(language: str, text: str) -> None:
    found = read(text)
    assert found.outcome is Outcome.HOLD
    assert found.language in (language, "") and (found.rule.endswith(NAMES[language]) or found.score)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_do_neither(text: str) -> None:
    assert read(text).outcome is Outcome.CONVERSATION


def test_every_language_has_a_name_and_no_grammar() -> None:
    codes = [*EUROPEAN, *WORLD, *SCRIPTS]
    assert set(codes) == set(NAMES) == set(KEYWORDS) == set(ASKS) == set(HELD)
    assert not set(codes) & set(LANGUAGES)
    assert all(len(code) == 2 for code in codes), "as a review stores it"
