//! The words that customers opt out and in with.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::fold::fold;

/// The words to opt out with, where a tenant has none of its own. They are messages that mean nothing else: `cancel` is
/// none of them, because it may be an order that is meant.
pub const DEFAULT_OUT: &[&str] = &[
    // English.
    "stop",
    "stop all",
    "stopall",
    "unsubscribe",
    "opt out",
    "opt-out",
    "optout",
    // Urdu.
    "بند کریں",
    "پیغامات بند کریں",
    "روک دیں",
    "ان سبسکرائب",
    // Hindi.
    "बंद करें",
    "बंद करो",
    "रोकें",
    "संदेश बंद करें",
    "अनसब्सक्राइब",
    // Arabic.
    "توقف",
    "إيقاف",
    "أوقف",
    "إلغاء الاشتراك",
    // Spanish.
    "parar",
    "baja",
    "darme de baja",
    "cancelar suscripción",
    // French.
    "arrêter",
    "arrêt",
    "désabonner",
    "se désabonner",
    "désinscription",
    // Portuguese.
    "pare",
    "sair",
    "descadastrar",
    "cancelar inscrição",
    // Bengali.
    "বন্ধ",
    "বন্ধ করুন",
    "থামুন",
    "আনসাবস্ক্রাইব",
    // Indonesian.
    "berhenti",
    "berhenti berlangganan",
    // Turkish.
    "dur",
    "durdur",
    "abonelikten çık",
    "üyelikten çık",
    // Russian.
    "стоп",
    "отписаться",
    "отписка",
    // German.
    "stopp",
    "abmelden",
    "abbestellen",
    "austragen",
    // Italian.
    "ferma",
    "fermare",
    "disiscrivimi",
    "annulla iscrizione",
    // Dutch.
    "stoppen",
    "afmelden",
    "uitschrijven",
];

/// The words to opt in again with, where a tenant has none of its own.
pub const DEFAULT_IN: &[&str] = &[
    // English.
    "start",
    "unstop",
    "subscribe",
    "opt in",
    "opt-in",
    "optin",
    // Urdu.
    "شروع",
    "شروع کریں",
    // Hindi.
    "शुरू",
    "शुरू करें",
    // Arabic.
    "ابدأ",
    "بدء",
    "اشتراك",
    "اشترك",
    // Spanish.
    "empezar",
    "comenzar",
    "alta",
    "suscribirme",
    // French.
    "commencer",
    "reprendre",
    "s'abonner",
    // Portuguese.
    "começar",
    "iniciar",
    "inscrever",
    // Bengali.
    "শুরু",
    "শুরু করুন",
    // Indonesian.
    "mulai",
    "berlangganan",
    // Turkish.
    "başla",
    "başlat",
    "abone ol",
    // Russian.
    "старт",
    "начать",
    "подписаться",
    // German.
    "starten",
    "anmelden",
    "abonnieren",
    // Italian.
    "inizia",
    "avvia",
    "iscrivimi",
    // Dutch.
    "beginnen",
    "aanmelden",
    "inschrijven",
];

static OUT: LazyLock<HashSet<String>> = LazyLock::new(|| bare_all(DEFAULT_OUT));
static IN: LazyLock<HashSet<String>> = LazyLock::new(|| bare_all(DEFAULT_IN));

/// Which list of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those to opt out with.
    Out,
    /// Those to opt in again with.
    In,
}

impl Which {
    /// Those that hold where a tenant has none of its own.
    pub const fn defaults(self) -> &'static [&'static str] {
        match self {
            Self::Out => DEFAULT_OUT,
            Self::In => DEFAULT_IN,
        }
    }

    /// Whether a whole message is one of the words: of the tenant's own, or of the defaults where it has none.
    pub fn is_said(self, text: &str, own: Option<&[String]>) -> bool {
        let said = bare(text);
        if said.is_empty() {
            return false;
        }
        match (own, self) {
            (Some(own), _) => own.iter().any(|word| bare(word) == said),
            (None, Self::Out) => OUT.contains(&said),
            (None, Self::In) => IN.contains(&said),
        }
    }
}

/// A text folded, without what is no letter and no digit around it: `STOP!` is `stop`.
pub(super) fn bare(text: &str) -> String {
    fold(text)
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

fn bare_all(words: &[&str]) -> HashSet<String> {
    words.iter().map(|word| bare(word)).collect()
}
