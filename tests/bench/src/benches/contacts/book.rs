//! The contacts that are brought in.

use std::fmt::Write as _;

/// Contacts by their number from 0 on, which all else of them follows from.
#[derive(Debug)]
pub(super) struct Book {
    contacts: usize,
}

/// Tags, of which each contact has one.
pub(super) const SEGMENTS: usize = 20;

/// One contact in so many has the attribute that few have.
const FEW: usize = 1_000;

/// What names are made of.
const BEGINNINGS: [&str; 20] = [
    "Al", "Be", "Ca", "Da", "El", "Fa", "Go", "Ha", "Im", "Jo", "Ka", "Le", "Ma", "No", "Os", "Pa",
    "Ra", "Sa", "Ta", "Us",
];
const ENDS: [&str; 20] = [
    "bina", "dor", "fir", "gan", "hid", "jan", "kim", "lila", "mir", "nesh", "pal", "qas", "rin",
    "sol", "tan", "umi", "var", "wen", "yas", "zed",
];

impl Book {
    /// So many of them.
    pub(super) fn new(contacts: usize) -> Self {
        Self { contacts }
    }

    /// How many there are.
    pub(super) fn contacts(&self) -> usize {
        self.contacts
    }

    /// Some of them, spread over all.
    pub(super) fn some(&self, count: usize) -> impl Iterator<Item = usize> {
        // A prime, so that neighbours have neither names nor tags alike.
        let contacts = self.contacts;
        (0..count).map(move |at| at * 7_919 % contacts)
    }

    /// How many have the attribute that few have.
    pub(super) fn few(&self) -> usize {
        self.contacts.div_ceil(FEW)
    }

    /// All of them, as a spreadsheet writes them.
    pub(super) fn csv(&self) -> String {
        let mut csv = "phone,name,tags,city,vip\r\n".to_owned();
        for contact in 0..self.contacts {
            let (phone, name, tag) = (phone(contact), name(contact), tag(contact));
            let city = contact % 50;
            let vip = if contact.is_multiple_of(FEW) {
                "yes"
            } else {
                ""
            };
            // Writing to a string can not fail.
            let _ = write!(csv, "+{phone},{name},{tag};imported,City {city},{vip}\r\n");
        }
        csv
    }
}

/// The digits of a contact's number.
pub(super) fn phone(contact: usize) -> String {
    format!("92302{contact:07}")
}

fn name(contact: usize) -> String {
    format!("{} {}", first_name(contact), word(contact / 7))
}

/// What a contact's name begins with. 250 of 100,000 have the same.
pub(super) fn first_name(contact: usize) -> String {
    word(contact)
}

fn word(number: usize) -> String {
    let beginning = BEGINNINGS[number % BEGINNINGS.len()];
    format!(
        "{beginning}{}",
        ENDS[number / BEGINNINGS.len() % ENDS.len()]
    )
}

/// A contact's tag.
pub(super) fn tag(contact: usize) -> String {
    format!("segment-{}", contact % SEGMENTS)
}
