"""Words with which people ask to stop, in languages without a grammar, of Europe. Data.

They are written as people write them, with an underscore between words that stand side by side.
"""

from collections.abc import Mapping

from optout.reader.languages.further_language import FurtherLanguage

EUROPEAN: Mapping[str, FurtherLanguage] = {
    "pl": FurtherLanguage(
        keywords=("wypisz_mnie wypiszcie_mnie proszę_mnie_wypisać wypisać_mnie stop_sms"),
        alone=("zrezygnuj rezygnuję rezygnacja koniec przestań przestańcie dość wypisz wypiszcie wypisać"),
        asks=(
            "nie_pisz_do nie_piszcie_do nie_pisać_do nie_pisz_więcej nie_piszcie_więcej"
            " przestań_pisać przestańcie_pisać przestań_do_mnie przestańcie_do_mnie wypisz_mnie"
            " wypiszcie_mnie mnie_wypisać usuń_mnie usuńcie_mnie mnie_usunąć usuń_mój_numer"
            " usuńcie_mój_numer wykreśl_mnie wykreślcie_mnie cofam_zgodę wycofuję_zgodę"
        ),
        holds=("zostaw_mnie_w zostawcie_mnie_w zły_numer pomyłka_to_nie nie_życzę_sobie"),
        stops=(
            "przestań przestańcie przestać nie_wysyłaj nie_wysyłajcie nie_wysyłać nie_przysyłaj"
            " nie_przysyłajcie nie_chcę dość wypisz wypiszcie wypisać usuń usuńcie usunąć rezygnuję"
            " zrezygnować skończcie"
        ),
        texts=(
            "sms smsy smsów smsa wiadomości mój_numer mojego_numeru z_listy z_bazy subskrypcji subskrypcję"
            " newsletter powiadomień"
        ),
    ),
    "cs": FurtherLanguage(
        keywords=("odhlásit_odběr zrušit_odběr odhlaste_mě odhlašte_mě odhlas_ma odhláste_ma"),
        alone=("odhlásit odhlásit_se přestaňte přestaň dost"),
        asks=(
            "nepište_mi nepiš_mi už_mi_nepište přestaňte_mi_psát přestaňte_psát odhlaste_mě"
            " odhlašte_mě vymažte_mě smažte_mě vyřaďte_mě nepíšte_mi nepíš_mi"
        ),
        holds=("špatné_číslo zlé_číslo nechte_mě_být nechte_mě_na"),
        stops=(
            "přestaňte přestaň přestat neposílejte neposílej nechci zrušte zrušit odhlaste vymažte smažte"
            " vyřaďte neposielajte nechcem prestaňte vymažte odhláste"
        ),
        texts=(
            "sms smsky esemesky zprávy zpráv správy správ mé_číslo moje_číslo ze_seznamu zo_zoznamu odběr"
            " odběru z_databáze newsletter"
        ),
    ),
    "ro": FurtherLanguage(
        keywords=("dezabonare dezabonați-mă dezabonează-mă vreau_să_mă_dezabonez"),
        alone=("renunț opriți opriți-vă încetați destul"),
        asks=(
            "nu_îmi_mai_scrieți nu_mi_mai_scrieți numi_mai_scrieți nu_mă_mai_contactați"
            " îmi_mai_trimiteți mi_mai_trimiteți numi_mai_trimiteți numi_mai_trimite nu_mai_trimiteți"
            " scoateți-mă ștergeți-mă ștergeți_numărul să_mă_dezabonez"
        ),
        holds=("număr_greșit ați_greșit_numărul lăsați-mă_în_pace"),
        stops=(
            "opriți oprește nu_mai_vreau nu_mai_doresc nu_vreau încetați dezabonați dezabonare ștergeți"
            " scoateți"
        ),
        texts=("sms sms-uri sms-urile mesaje mesajele mesaj de_pe_listă din_listă numărul_meu"),
    ),
    "hu": FurtherLanguage(
        keywords=("leiratkozás leiratkozom le_akarok_iratkozni le_szeretnék_iratkozni"),
        alone=("leiratkozok elég_volt elég töröljenek hagyják_abba"),
        asks=(
            "ne_írjon_többet ne_írjanak_többet ne_írj_többet ne_keressenek ne_keressen_többet"
            " töröljék_a_számom töröljék_a_telefonszámom le_szeretnék_iratkozni ne_küldjenek_több"
            " ne_küldj_több"
        ),
        holds=(
            "ne_zaklassanak ne_zaklasson hagyjanak_békén hagyjon_békén hagyj_békén rossz_szám"
            " téves_szám nem_kérek_több"
        ),
        stops=(
            "ne_küldjenek ne_küldjön ne_küldj hagyják_abba fejezzék_be leiratkozom leiratkozás töröljenek"
            " töröljék nem_kérek nem_akarok"
        ),
        texts=("sms sms-t sms-eket üzenetet üzeneteket üzenetből listáról a_számomat hírlevél"),
    ),
    "el": FurtherLanguage(
        keywords=("απεγγραφή στοπ"),
        alone=("διαγραφή σταματήστε σταμάτα φτάνει"),
        asks=(
            "μη_μου_στέλνετε μην_μου_στέλνετε μη_μου_ξαναστείλετε μην_μου_ξαναστείλετε διαγράψτε_με βγάλτε_με"
        ),
        holds=(
            "αφήστε_με_ήσυχο αφήστε_με_ήσυχη λάθος_αριθμός λάθος_νούμερο μη_με_ενοχλείτε μην_με_ενοχλείτε"
        ),
        stops=(
            "σταματήστε σταμάτα στοπ μη_στέλνετε μην_στέλνετε δεν_θέλω διαγράψτε διαγραφή βγάλτε αφαιρέστε"
        ),
        texts=("sms μηνύματα μήνυμα λίστα τον_αριθμό_μου το_νούμερό_μου"),
    ),
    "sv": FurtherLanguage(
        keywords=("avregistrera avregistrera_mig avprenumerera avanmäl_mig"),
        alone=("stoppa avsluta avanmäl avanmälan sluta avbeställ"),
        asks=(
            "avregistrera_mig avanmäl_mig sluta_skicka sluta_skriva_till sluta_smsa sluta_messa"
            " ta_bort_mig ta_bort_mitt_nummer radera_mitt_nummer skriv_inte_till_mig skicka_inte_fler"
            " inga_fler_sms"
        ),
        holds=("fel_nummer lämna_mig_ifred lämna_mig_i_fred"),
        stops=(
            "sluta stoppa skicka_inte vill_inte_ha vill_inte_få ta_bort radera avsluta avregistrera inga_fler"
        ),
        texts=("sms smsen meddelanden utskick utskicken från_listan mitt_nummer prenumerationen"),
    ),
    "da": FurtherLanguage(
        keywords=("afmeld_mig frameld_mig stop_sms afmeld_sms"),
        alone=("afmeld afmelde frameld"),
        asks=(
            "afmeld_mig frameld_mig skriv_ikke_til_mig skriv_ikke_mere slet_mit_nummer fjern_mig_fra"
            " fjern_mit_nummer ikke_flere_beskeder ingen_flere_beskeder"
        ),
        holds=("hold_op_med_at forkert_nummer lad_mig_være"),
        stops=(
            "hold_op send_ikke vil_ikke_have ønsker_ikke slet fjern afmeld frameld ingen_flere ikke_flere"
        ),
        texts=("sms smser smserne beskeder fra_listen mit_nummer fra_jeres_liste"),
    ),
    "no": FurtherLanguage(
        keywords=("meld_meg_av avregistrer avregistrer_meg"),
        alone=("avslutt meld_av avmeld avmelding slutt"),
        asks=(
            "meld_meg_av avregistrer_meg slutt_å_sende slutt_å_skrive slutt_å_smse ikke_send_meg"
            " ikke_send_flere ikke_skriv_til_meg fjern_meg_fra slett_meg_fra slett_nummeret_mitt"
            " slett_mitt_nummer fjern_nummeret_mitt ikke_flere_meldinger ingen_flere_meldinger"
        ),
        holds=("feil_nummer la_meg_være"),
        stops=(
            "slutt ikke_send ønsker_ikke vil_ikke_ha slett fjern avslutt avregistrer ingen_flere ikke_flere"
        ),
        texts=("sms smser smsene meldinger meldingene fra_listen fra_lista nummeret_mitt"),
    ),
    "fi": FurtherLanguage(
        keywords=("peruuta_tilaus peru_tilaus poista_minut poistakaa_minut poista_listalta"),
        alone=("lopeta lopettakaa peruuta riittää"),
        asks=(
            "älkää_lähettäkö älä_lähetä_minulle älä_lähetä_enää älä_laita_viestejä älkää_laittako"
            " lopeta_viestit lopettakaa_viestit lopettakaa_viestien poistakaa_minut poista_minut"
            " poista_numeroni poistakaa_numeroni en_halua_viestejä"
        ),
        holds=("väärä_numero jättäkää_minut_rauhaan"),
        stops=("lopeta lopettakaa älä_lähetä älkää_lähettäkö en_halua poista poistakaa ei_enää peruuttakaa"),
        texts=("viestejä viestit viestien tekstiviestejä tekstareita sms listalta numeroni"),
    ),
    "tr": FurtherLanguage(
        keywords=(
            "aboneliği_iptal_et aboneliğimi_iptal_et abonelikten_çık listeden_çıkar listeden_çıkarın"
            " beni_listeden_çıkarın"
        ),
        alone=("durdur durdurun yeter dur iptal"),
        asks=(
            "mesaj_atmayın mesaj_atma mesaj_göndermeyin mesaj_gönderme mesaj_istemiyorum"
            " sms_istemiyorum sms_göndermeyin sms_atmayın bana_yazmayın bana_yazma bir_daha_yazmayın"
            " bir_daha_yazma listeden_çıkarın listeden_çıkar listenizden_çıkarın numaramı_silin"
            " numaramı_sil"
        ),
        holds=("yanlış_numara rahatsız_etmeyin rahatsız_etme"),
        stops=(
            "göndermeyin gönderme göndermeyiniz atmayın yollamayın istemiyorum durdurun kesin çıkarın silin"
        ),
        texts=("mesaj mesajı mesajları mesajlarınızı sms smsleri listeden listenizden numaramı aboneliğimi"),
    ),
    "ru": FurtherLanguage(
        keywords=("стоп отписаться отписка отпишите отпишите_меня отписать отпишись отписаться_от_рассылки"),
        alone=("отключить отключите хватит прекратите перестаньте достали"),
        asks=(
            "отпишите_меня отписать_меня не_пишите_мне мне_не_пишите не_пиши_мне больше_не_пишите"
            " не_пишите_больше больше_не_пиши удалите_меня удалите_мой_номер удалите_номер"
            " уберите_меня уберите_мой_номер отзываю_согласие"
        ),
        holds=("оставьте_меня_в отстаньте_от_меня ошиблись_номером не_тот_номер"),
        stops=(
            "стоп хватит прекратите перестаньте прекратить перестать не_присылайте не_присылай не_шлите"
            " не_шли не_отправляйте не_отправляй не_хочу_получать отпишите отписаться отключите удалите"
            " уберите"
        ),
        texts=(
            "смс сообщения сообщений сообщение сообщениями рассылку рассылки рассылка спам мой_номер из_базы"
            " из_списка уведомления уведомлений подписку"
        ),
    ),
    "uk": FurtherLanguage(
        keywords=("стоп відписатися відписатись відпишіть відпишіть_мене відписка"),
        alone=("припиніть досить відключити відключіть перестаньте"),
        asks=(
            "відпишіть_мене не_пишіть_мені мені_не_пишіть не_пиши_мені більше_не_пишіть"
            " не_пишіть_більше видаліть_мене видаліть_мій_номер приберіть_мене відкликаю_згоду"
        ),
        holds=("помилилися_номером не_той_номер"),
        stops=(
            "стоп досить припиніть перестаньте не_надсилайте не_надсилай не_шліть не_присилайте"
            " не_хочу_отримувати відпишіть відписатися відключіть видаліть приберіть"
        ),
        texts=("смс повідомлення повідомлень розсилку розсилки розсилка спам мій_номер зі_списку з_бази"),
    ),
}
