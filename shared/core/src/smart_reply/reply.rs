use crate::message::limits::TEXT_BODY;

/// The longest text of a message, in characters.
const LONGEST: usize = *TEXT_BODY.end();

/// The words of the AI as one message to a customer: no longer than WhatsApp takes, cut between two words where they
/// are, and without characters that no phone shows. Empty where nothing is left.
pub fn shortened(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'))
        .collect();
    let text = visible.trim();
    let Some((end, _)) = text.char_indices().nth(LONGEST) else {
        return text.to_owned();
    };
    // Room for the sign that something is missing.
    let last = text[..end].char_indices().next_back();
    let room = &text[..last.map_or(end, |(at, _)| at)];
    let cut = match room.rfind(char::is_whitespace) {
        // Languages without blanks between words are cut where they are.
        Some(blank) if blank > room.len() / 2 => &room[..blank],
        _ => room,
    };
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_stays() {
        assert_eq!(shortened("  Hello,\n\tthere! "), "Hello,\n\tthere!");
        let longest = "é".repeat(LONGEST);
        assert_eq!(shortened(&longest), longest);
        assert_eq!(shortened("\u{0}\r\u{7}"), "");
    }

    #[test]
    fn what_does_not_is_cut_between_words() {
        let long = "words ".repeat(1_000);
        let cut = shortened(&long);
        assert!(cut.ends_with("words…"), "{cut}");
        let unbroken = "字".repeat(5_000);
        assert_eq!(shortened(&unbroken).chars().count(), LONGEST);
    }

    proptest! {
        #[test]
        fn every_text_fits_in_a_message(text in "\\PC{0,5000}") {
            prop_assert!(shortened(&text).chars().count() <= LONGEST);
        }
    }
}
