"""Words with which people ask to stop, in languages without a grammar, of the rest of the world. Data.

They are written as people write them, with an underscore between words that stand side by side.
"""

from collections.abc import Mapping

from optout.reader.languages.further_language import FurtherLanguage

WORLD: Mapping[str, FurtherLanguage] = {
    "vi": FurtherLanguage(
        keywords=("hủy_đăng_ký huỷ_đăng_ký hủy_nhận_tin từ_chối_nhận_tin"),
        alone=("dừng_lại ngừng ngưng ngừng_lại"),
        asks=(
            "đừng_nhắn_tin đừng_nhắn_nữa đừng_gửi_tin đừng_gửi_nữa ngừng_nhắn_tin ngừng_gửi_tin"
            " ngưng_nhắn_tin ngưng_gửi_tin dừng_nhắn_tin dừng_gửi_tin xóa_số_của xoá_số_của xóa_số_tôi"
        ),
        holds=("đừng_làm_phiền không_muốn_nhận nhầm_số_rồi sai_số_rồi đừng_liên_lạc"),
        stops=("đừng ngừng ngưng dừng hủy huỷ xóa xoá không_nhận không_muốn"),
        texts=("tin_nhắn nhắn_tin gửi_tin khỏi_danh_sách số_điện_thoại_của_tôi sms"),
    ),
    "tl": FurtherLanguage(
        keywords=("itigil_niyo_na itigil_nyo_na itigil_na"),
        alone=("itigil tigil tama_na tigilan_nyo tigilan_niyo tigilan_mo"),
        asks=(
            "wag_na_kayo_magtext wag_na_magtext huwag_na_magtext wag_na_po_magtext"
            " huwag_na_po_magtext paki_tanggal_ako pakitanggal_ako pakialis_ako pakibura_ang_number"
        ),
        holds=(
            "wag_niyo_na_akong wag_nyo_na_akong huwag_niyo_na_akong wag_na_kayong wag_mo_na_akong"
            " huwag_mo_na_akong tigilan_mo_na_ako tigilan_nyo_na_ako tigilan_niyo_na_ako maling_number"
            " maling_numero"
        ),
        stops=(
            "itigil tigilan ihinto wag_na huwag_na wag_nyo wag_niyo huwag_niyo ayoko ayaw_ko pakitanggal"
            " pakialis tanggalin"
        ),
        texts=(
            "text texts magtext mag-text pagtext pag-text pagte-text nagtetext mensahe message messages"
            " magmessage itext i-text sa_listahan number_ko numero_ko"
        ),
    ),
    "id": FurtherLanguage(
        keywords=("berhenti_berlangganan batal_langganan berhenti_langganan"),
        alone=("berhenti hentikan"),
        asks=(
            "jangan_kirim_sms jangan_kirim_pesan jangan_sms_saya jangan_kirim_lagi berhenti_kirim_sms"
            " berhenti_mengirim jangan_hubungi_saya hapus_nomor_saya keluarkan_saya_dari"
            " jangan_hantar_sms jangan_hantar_mesej padam_nombor_saya"
        ),
        holds=("salah_nomor jangan_ganggu_saya salah_nombor"),
        stops=("berhenti hentikan jangan_kirim jangan_hantar tidak_mau tidak_ingin hapus keluarkan tak_nak"),
        texts=("sms pesan mesej dari_daftar nomor_saya nombor_saya langganan"),
    ),
    "ht": FurtherLanguage(
        keywords=("dezabòne dezabòne_m"),
        alone=("sispann kanpe rete kite_m"),
        asks=(
            "sispann_voye sispann_ekri_m sispann_tèks pa_voye_mesaj pa_voye_tèks pa_ekri_m_ankò"
            " pa_voye_m_mesaj retire_m_sou retire_m_nan retire_nimewo_m efase_nimewo_m pa_kontakte_m"
            " pa_vle_mesaj"
        ),
        holds=("pa_voye_anyen move_nimewo kite_m_trankil"),
        stops=("sispann kanpe rete pa_voye pa_vle retire efase pa_ekri"),
        texts=("mesaj tèks nimewo_m nan_lis sou_lis"),
    ),
    "hi": FurtherLanguage(
        keywords=("msg_band_karo message_band_karo sms_band_karo"),
        alone=("band_karo bas_karo"),
        asks=(
            "mat_bhejo_mujhe mat_bhejiye mera_number_hatao mera_number_hata mera_number_delete"
            " mera_number_nikalo list_se_hatao"
        ),
        holds=("galat_number pareshan_mat_karo pareshan_mat_kijiye tang_mat_karo"),
        stops=(
            "mat_bhejo mat_bhejna mat_karo mat_kijiye band_karo band_kar band_kijiye nahi_chahiye"
            " nahin_chahiye na_bhejo na_bheje"
        ),
        texts=("msg msgs message messages sms text texts"),
    ),
    "ar": FurtherLanguage(
        keywords=("توقف إيقاف قف إلغاء_الاشتراك ألغي_الاشتراك الغوا_الاشتراك"),
        alone=("إلغاء توقفوا كفى بس_خلاص"),
        asks=(
            "إلغاء_اشتراكي إلغاء_الاشتراك الغوا_اشتراكي لا_تراسلوني لا_تراسلني لا_تكتبوا_لي"
            " احذفوا_رقمي احذف_رقمي امسحوا_رقمي امسح_رقمي لا_ترسلوا_لي لا_ترسل_لي لا_ترسلون"
            " لا_أريد_رسائل"
        ),
        holds=("لا_تتصلوا_بي رقم_خطأ الرقم_خطأ الرقم_غلط رقم_غلط اتركوني_وشأني"),
        stops=(
            "توقف توقفوا أوقفوا أوقف لا_ترسلوا لا_ترسل لا_ترسلون إيقاف لا_أريد كفى بطلوا احذفوا احذف امسحوا"
        ),
        texts=("رسائل الرسائل رسائلكم رسالة الرسايل رسايل رقمي القائمة قائمتكم اشتراكي"),
    ),
    "he": FurtherLanguage(
        keywords=("הסר הסרה הסירו הסירו_אותי תסירו_אותי הסר_אותי להסיר_אותי"),
        alone=("די תפסיקו תפסיק להסיר"),
        asks=(
            "תסירו_אותי הסירו_אותי הסר_אותי להסיר_אותי תורידו_אותי תפסיקו_לשלוח תפסיק_לשלוח"
            " תפסיקו_לסמס אל_תשלחו אל_תשלח_לי אל_תכתבו_לי תמחקו_את_המספר מחקו_את_המספר"
        ),
        holds=("טעות_במספר מספר_לא_נכון תעזבו_אותי"),
        stops=("הסר הסירו תסירו להסיר תפסיקו תפסיק די לא_מעוניין לא_מעוניינת מחקו תמחקו"),
        texts=("הודעות ההודעות הודעה סמס מהרשימה מרשימת המספר_שלי"),
    ),
    "fa": FurtherLanguage(
        keywords=("لغو_اشتراک"),
        alone=("لغو توقف بسه"),
        asks=(
            "پیام_نده پیام_ندهید پیام_نفرستید پیامک_نفرستید پیام_نفرست دیگه_پیام_نده شمارمو_پاک"
            " شماره_من_را_حذف منو_حذف من_را_حذف"
        ),
        holds=("مزاحم_نشوید مزاحم_نشو شماره_اشتباه"),
        stops=("لغو نفرستید نفرست ندهید نده قطع حذف پاک نمیخوام نمی‌خواهم"),
        texts=("پیام پیامک پیام‌ها لیست شماره_من"),
    ),
}
