//! One form of text for comparing what people wrote: keywords, tags, names, words to opt out with.
//!
//! Two texts are alike where a reader takes them for the same: whatever their case, their way of composing accents,
//! their blanks and the marks that a keyboard adds by itself. What is folded is for comparing and for sorting under,
//! never for showing.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The folded form of a text: folding it again changes nothing.
///
/// - Compatibility forms (full width, ligatures, presentation forms) become the plain ones: NFKC.
/// - Case goes, by Unicode's full case folding (`ß` is `ss`, `ς` is `σ`); `i`, `I`, `İ` and `ı` are all one letter,
///   because which of them a Turk means does not depend on what language the business writes in.
/// - Arabic: harakat and tatweel go; the forms of alef, of ya (with that of Persian and Urdu), of kaf, and ta marbuta
///   and ha are alike; hamza does not count where it sits upon another letter.
/// - Emoji: variation selectors, skin tones and keycaps go.
/// - Zero-width characters and marks of direction go.
/// - The digits of Arabic, Persian, Hindi and Bengali are the ASCII ones; a curled apostrophe is a straight one.
/// - A run of white space or control characters is one blank; there is none at either end.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return one_blank(text.chars().map(|c| c.to_ascii_lowercase()));
    }
    let mut folded = once(text);
    // What a mark was taken from may compose with its new neighbour: rare, and settled within a second round.
    for _ in 0..3 {
        let again = once(&folded);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

fn once(text: &str) -> String {
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    let mut letters = String::with_capacity(apart.len());
    let mut dotted = false;
    for c in apart.chars() {
        // The dot that `İ` keeps when it is made small: one `i` has it already.
        if c == '\u{307}' && dotted {
            continue;
        }
        if is_dropped(c) {
            continue;
        }
        // Small, great and small again is the full case folding of every letter that people write: `ẞ` is `ß` is `SS`
        // is `ss`.
        let cased = c
            .to_lowercase()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase);
        for c in cased {
            let c = alike(c);
            if !is_mark(c) {
                dotted = c == 'i';
            }
            letters.push(c);
        }
    }
    let together = ComposingNormalizerBorrowed::new_nfkc().normalize(&letters);
    one_blank(together.chars())
}

/// Whether a character says nothing of its own: marks of direction, joiners, selectors, harakat.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}'
        // Variation selectors, the mark of a keycap, the five skin tones.
        | '\u{FE00}'..='\u{FE0F}' | '\u{20E3}' | '\u{1F3FB}'..='\u{1F3FF}'
        // Arabic: harakat, madda and hamza upon a letter, the marks of the Quran, tatweel.
        | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E4}'
        | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{640}'
    )
}

/// Whether a character is one of the accents that stand upon the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// The one letter for those that stand for each other.
fn alike(c: char) -> char {
    match c {
        // Alef wasla; those with hamza or madda have lost it already.
        '\u{671}' => 'ا',
        // Alef maqsura, the ya of Persian and Urdu.
        'ى' | 'ی' => 'ي',
        'ک' => 'ك',
        // Ta marbuta, the ha of Urdu and its ta marbuta.
        'ة' | 'ہ' | 'ۃ' => 'ه',
        '\u{2018}' | '\u{2019}' | '\u{2BC}' => '\'',
        '\u{201C}' | '\u{201D}' => '"',
        _ => digit(c).unwrap_or(c),
    }
}

/// The ASCII digit that a digit of another script is.
fn digit(c: char) -> Option<char> {
    let value = [0x660, 0x6F0, 0x966, 0x9E6]
        .into_iter()
        .find_map(|zero| u32::from(c).checked_sub(zero).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

fn one_blank(chars: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    let mut owed = false;
    for c in chars {
        if c.is_whitespace() || c.is_control() {
            owed = !text.is_empty();
            continue;
        }
        if owed {
            text.push(' ');
            owed = false;
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fold;

    #[test]
    fn case_goes_in_every_script_that_has_one() {
        assert_eq!(fold("HeLLo"), "hello");
        assert_eq!(fold("ПРИВЕТ"), fold("привет"));
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
        assert_eq!(fold("οδός"), fold("ΟΔΌΣ"));
    }

    #[test]
    fn the_four_letters_i_of_turkish_are_one() {
        for text in [
            "IPTAL",
            "İPTAL",
            "iptal",
            "ıptal",
            "i\u{307}ptal",
            "I\u{307}PTAL",
        ] {
            assert_eq!(fold(text), "iptal", "{text}");
        }
        assert_eq!(fold("DİYARBAKIR"), fold("diyarbakır"));
    }

    #[test]
    fn sharp_s_is_ss_however_it_is_written() {
        for text in ["Straße", "STRASSE", "STRAẞE", "strasse"] {
            assert_eq!(fold(text), "strasse", "{text}");
        }
    }

    #[test]
    fn accents_compare_however_they_are_composed() {
        assert_eq!(fold("Cafe\u{301}"), fold("CAFÉ"));
        assert_ne!(fold("café"), fold("cafe"));
        assert_eq!(fold("ﬁn"), "fin");
        assert_eq!(fold("ＳＴＯＰ"), "stop");
    }

    #[test]
    fn arabic_compares_without_harakat_tatweel_and_forms_of_letters() {
        assert_eq!(fold("مَرْحَبًا"), fold("مرحبا"));
        assert_eq!(fold("مـــرحبا"), fold("مرحبا"));
        assert_eq!(fold("إلغاء"), fold("الغاء"));
        assert_eq!(fold("أحمد"), fold("احمد"));
        assert_eq!(fold("آمنة"), fold("امنه"));
        assert_eq!(fold("على"), fold("علي"));
        assert_eq!(fold("علی"), fold("علي"));
        assert_eq!(fold("ﺳﻼﻡ"), fold("سلام"));
    }

    #[test]
    fn hindi_compares_with_and_without_joiners() {
        assert_eq!(fold("नमस्\u{200D}ते"), fold("नमस्ते"));
        assert_eq!(fold("ज\u{93C}रूर"), fold("\u{95B}रूर"));
        assert_ne!(fold("कि"), fold("की"));
    }

    #[test]
    fn emoji_compare_without_selectors_and_skin_tones() {
        assert_eq!(fold("👍🏽"), fold("👍"));
        assert_eq!(fold("❤\u{FE0F}"), fold("❤"));
        assert_eq!(fold("1\u{FE0F}\u{20E3}"), "1");
        assert_ne!(fold("👍"), fold("👎"));
    }

    #[test]
    fn digits_of_other_scripts_are_the_ascii_ones() {
        assert_eq!(fold("١٢٣"), "123");
        assert_eq!(fold("۱۲۳"), "123");
        assert_eq!(fold("१२३"), "123");
        assert_eq!(fold("১২৩"), "123");
    }

    #[test]
    fn blanks_are_one_and_what_has_no_width_is_nothing() {
        assert_eq!(fold("  stop\u{A0}\n\t now \u{200B}"), "stop now");
        assert_eq!(fold("\u{200E}\u{FEFF} \u{200B}"), "");
        assert_eq!(fold("don\u{2019}t"), "don't");
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn letters_and_marks_fold_once_for_all(text in "[iIİı\u{300}-\u{345}\u{640}-\u{6ff}\u{900}-\u{97f}ßẞσςΣ\u{200d} a-z]{0,24}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn case_never_counts(text in "[a-zA-Zß-žΑ-Ωα-ωА-Яа-яԱ-Ֆ0-9 ]{0,24}") {
            prop_assert_eq!(fold(&text.to_uppercase().to_lowercase()), fold(&text.to_lowercase()));
        }
    }
}
