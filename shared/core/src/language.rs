//! Which language somebody writes in.

use std::fmt;

use whatlang::{Detector, Lang};

/// A language, by its codes and its English name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(Lang);

/// The codes of ISO 639-1, which has two letters for most languages that ISO 639-3 has three for.
const CODES: [(Lang, &str); 67] = [
    (Lang::Eng, "en"),
    (Lang::Urd, "ur"),
    (Lang::Hin, "hi"),
    (Lang::Ara, "ar"),
    (Lang::Spa, "es"),
    (Lang::Fra, "fr"),
    (Lang::Por, "pt"),
    (Lang::Ben, "bn"),
    (Lang::Ind, "id"),
    (Lang::Tur, "tr"),
    (Lang::Rus, "ru"),
    (Lang::Deu, "de"),
    (Lang::Ita, "it"),
    (Lang::Nld, "nl"),
    (Lang::Cmn, "zh"),
    (Lang::Ukr, "uk"),
    (Lang::Kat, "ka"),
    (Lang::Jpn, "ja"),
    (Lang::Heb, "he"),
    (Lang::Yid, "yi"),
    (Lang::Pol, "pl"),
    (Lang::Amh, "am"),
    (Lang::Jav, "jv"),
    (Lang::Kor, "ko"),
    (Lang::Nob, "nb"),
    (Lang::Dan, "da"),
    (Lang::Swe, "sv"),
    (Lang::Fin, "fi"),
    (Lang::Hun, "hu"),
    (Lang::Ces, "cs"),
    (Lang::Ell, "el"),
    (Lang::Bul, "bg"),
    (Lang::Bel, "be"),
    (Lang::Mar, "mr"),
    (Lang::Kan, "kn"),
    (Lang::Ron, "ro"),
    (Lang::Slv, "sl"),
    (Lang::Hrv, "hr"),
    (Lang::Srp, "sr"),
    (Lang::Mkd, "mk"),
    (Lang::Lit, "lt"),
    (Lang::Lav, "lv"),
    (Lang::Est, "et"),
    (Lang::Tam, "ta"),
    (Lang::Vie, "vi"),
    (Lang::Tha, "th"),
    (Lang::Guj, "gu"),
    (Lang::Uzb, "uz"),
    (Lang::Pan, "pa"),
    (Lang::Aze, "az"),
    (Lang::Tel, "te"),
    (Lang::Pes, "fa"),
    (Lang::Mal, "ml"),
    (Lang::Ori, "or"),
    (Lang::Mya, "my"),
    (Lang::Nep, "ne"),
    (Lang::Sin, "si"),
    (Lang::Khm, "km"),
    (Lang::Tuk, "tk"),
    (Lang::Zul, "zu"),
    (Lang::Sna, "sn"),
    (Lang::Afr, "af"),
    (Lang::Slk, "sk"),
    (Lang::Cat, "ca"),
    (Lang::Tgl, "tl"),
    (Lang::Hye, "hy"),
    (Lang::Cym, "cy"),
];

/// What nobody writes to a business in, and short texts are taken for all the same; and what has a code of a family.
const UNLIKELY: [Lang; 3] = [Lang::Epo, Lang::Lat, Lang::Aka];

/// Fewer letters than these in a script that many languages share tell nothing.
const FEWEST_LETTERS: usize = 12;

/// Letters that tell languages apart which share a script and many words; the first that has one of its letters it is.
const LETTERS: [(Lang, &[char]); 4] = [
    (Lang::Urd, &['ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ھ', 'ہ']),
    (Lang::Ukr, &['ї', 'є', 'ґ']),
    (Lang::Bel, &['ў']),
    (Lang::Rus, &['ы', 'э', 'ё']),
];

/// From which confidence on a language is beyond doubt, of 1. The crate's own threshold is for texts of paragraphs; at
/// this one the sentences that customers write are told, and none was seen to be told wrong.
const SURE: f64 = 0.5;

impl Language {
    /// The language of this code of ISO 639-1, which may have a region behind it: `pt`, `pt-BR`, `pt_BR`.
    pub fn of_code(code: &str) -> Option<Self> {
        let language = code.split(['-', '_']).next().unwrap_or_default();
        let known = CODES
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(language));
        known.map(|(lang, _)| Self(*lang))
    }

    /// Its code of ISO 639-1.
    pub fn code(self) -> &'static str {
        let known = CODES.iter().find(|(lang, _)| *lang == self.0);
        known.map_or_else(|| self.0.code(), |(_, code)| code)
    }

    /// Its English name.
    pub fn name(self) -> &'static str {
        self.0.eng_name()
    }

    /// The language of what somebody wrote, oldest first, where it is beyond doubt: that of the newest text, or, where
    /// that alone is too short, that of all together.
    pub fn of_texts(texts: &[&str]) -> Option<Self> {
        let detector = Detector::with_denylist(UNLIKELY.to_vec());
        let of = |text: &str| {
            let words = words(text);
            let mut telling = LETTERS.iter().filter(|(_, own)| words.contains(*own));
            if let Some((lang, _)) = telling.next() {
                return Some(Self(*lang));
            }
            let found = detector.detect(&words)?;
            let letters = words.chars().filter(|letter| letter.is_alphabetic());
            let is_shared = found.script().langs().len() > 1;
            let is_sure =
                !is_shared || (letters.count() >= FEWEST_LETTERS && found.confidence() >= SURE);
            is_sure.then_some(Self(found.lang()))
        };
        let newest = texts.last()?;
        of(newest).or_else(|| of(&texts.join(" ")))
    }
}

/// `Spanish (es)`
impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.name(), self.code())
    }
}

/// What is words of a language: no links, addresses, numbers.
fn words(text: &str) -> String {
    let words = text
        .split_whitespace()
        .filter(|word| !word.contains(['/', '@']) && !word.contains(char::is_numeric));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What customers write in the languages of WATI Pro's documentation.
    const WRITTEN: [(&str, &str); 14] = [
        (
            "en",
            "Hello, do you deliver to the north of the city on Sundays?",
        ),
        ("ur", "السلام علیکم، کیا آپ کی دکان اتوار کو کھلی ہے؟"),
        ("hi", "नमस्ते, क्या आप रविवार को भी डिलीवरी करते हैं?"),
        ("ar", "مرحبا، هل لديكم توصيل يوم الجمعة إلى جدة؟"),
        (
            "es",
            "Buenos días, ¿cuánto cuesta el envío a Madrid y cuándo llega?",
        ),
        (
            "fr",
            "Bonjour, est-ce que vous livrez aussi le dimanche chez vous ?",
        ),
        (
            "pt",
            "Bom dia, vocês não entregam aos domingos na minha região?",
        ),
        ("bn", "আপনারা কি রবিবার ডেলিভারি দেন?"),
        (
            "id",
            "Selamat pagi, apakah barangnya masih tersedia dan berapa harganya?",
        ),
        (
            "tr",
            "Merhaba, siparişim ne zaman gelecek, kargoya verildi mi acaba?",
        ),
        ("ru", "Здравствуйте, а когда вы сможете привезти мой заказ?"),
        (
            "de",
            "Guten Tag, wann können Sie mir die bestellten Schuhe liefern?",
        ),
        (
            "it",
            "Buongiorno, vorrei sapere quanto costa la spedizione per Milano",
        ),
        (
            "nl",
            "Goedemorgen, wanneer kunnen jullie mijn bestelling bezorgen?",
        ),
    ];

    #[test]
    fn each_documented_language_is_told() {
        for (code, text) in WRITTEN {
            let found = Language::of_texts(&[text]).map(Language::code);
            assert_eq!(found, Some(code), "{text}");
        }
    }

    #[test]
    fn too_little_tells_nothing() {
        for text in [
            "",
            "Hola",
            "ok",
            "👍",
            "hi!!",
            "12345",
            "no",
            "https://example.com/the/thing",
        ] {
            assert_eq!(Language::of_texts(&[text]), None, "{text}");
        }
        assert_eq!(Language::of_texts(&[]), None);
    }

    #[test]
    fn a_script_of_one_language_tells_it_at_once() {
        assert_eq!(
            Language::of_texts(&["สวัสดี"]).map(Language::code),
            Some("th")
        );
        assert_eq!(
            Language::of_texts(&["হ্যালো"]).map(Language::code),
            Some("bn")
        );
    }

    #[test]
    fn the_newest_text_counts_and_the_others_where_it_is_too_short() {
        let (english, spanish) = (WRITTEN[0].1, WRITTEN[4].1);
        let of = |texts: &[&str]| Language::of_texts(texts).map(Language::code);
        assert_eq!(of(&[english, spanish]), Some("es"));
        assert_eq!(of(&[spanish, english]), Some("en"));
        assert_eq!(of(&[spanish, "ok"]), Some("es"));
    }

    #[test]
    fn codes_lead_to_languages_and_back() {
        for (lang, code) in CODES {
            assert_eq!(Language::of_code(code), Some(Language(lang)));
            assert_eq!(Language(lang).code(), code);
        }
        assert_eq!(CODES.len() + UNLIKELY.len(), Lang::all().len());
        let portuguese = Language::of_code("pt-BR").unwrap();
        assert_eq!(portuguese.to_string(), "Portuguese (pt)");
        assert_eq!(Language::of_code("PT_br"), Some(portuguese));
        assert_eq!(Language::of_code("klingon"), None);
        assert_eq!(Language::of_code(""), None);
    }
}
