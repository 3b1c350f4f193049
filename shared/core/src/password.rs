//! Passwords: which are taken, and what is kept of them.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use icu_normalizer::ComposingNormalizerBorrowed;

use crate::email::EmailAddress;
use crate::entropy::Entropy;
use crate::secret::Secret;

/// The fewest characters of a password.
pub const SHORTEST: usize = 10;

/// The most characters of a password.
pub const LONGEST: usize = 200;

/// What a hash costs: memory in KiB, passes, lanes. OWASP's second choice for Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password as somebody typed it, in Unicode's form NFKC: the same on every keyboard.
#[derive(Debug, Clone)]
pub struct Password(Secret<String>);

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// It has too few or too many characters.
    #[error("must have {SHORTEST} to {LONGEST} characters")]
    Length,
    /// It is the own address.
    #[error("must not be the e-mail address")]
    IsTheAddress,
}

impl Password {
    /// What somebody typed to log in.
    pub fn typed(text: &str) -> Self {
        let text = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
        Self(Secret::new(text.into_owned()))
    }

    /// What somebody with this address chose to log in with from now on.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn chosen(text: &str, email: &EmailAddress) -> Result<Self, BadPassword> {
        let password = Self::typed(text);
        let typed = password.0.expose();
        if !(SHORTEST..=LONGEST).contains(&typed.chars().count()) {
            return Err(BadPassword::Length);
        }
        let address = typed.parse::<EmailAddress>();
        if address.is_ok_and(|address| address == *email) {
            return Err(BadPassword::IsTheAddress);
        }
        Ok(password)
    }

    /// What is kept of it: a PHC string of Argon2id. It takes 19 MiB and some ten milliseconds of a processor.
    pub fn hash(&self, entropy: &Entropy) -> Secret<String> {
        let salt = entropy.bytes::<16>();
        let hash = argon2().hash_password_with_salt(self.0.expose().as_bytes(), &salt);
        let hash: PasswordHash =
            hash.expect("the parameters and the salt are within Argon2's bounds");
        Secret::new(hash.to_string())
    }

    /// Whether it is the one that `kept` was made of. It takes as long where nothing is kept, so that nobody learns by the
    /// time whose password it is not.
    pub fn is(&self, kept: Option<&Secret<String>>) -> bool {
        let typed = self.0.expose();
        // What is longer than a password can be is none, and takes no longer.
        let fits = typed.chars().take(LONGEST + 1).count() <= LONGEST;
        let typed = if fits { typed.as_str() } else { "" };
        let kept = kept
            .map(Secret::expose)
            .and_then(|kept| PasswordHash::new(kept).ok());
        let exists = kept.is_some();
        let nobodys = LazyLock::force(&NOBODYS);
        let hash = kept.as_ref().unwrap_or(nobodys);
        let verified = argon2().verify_password(typed.as_bytes(), hash);
        verified.is_ok() && exists && fits
    }
}

/// A hash of no password's, of the same cost.
static NOBODYS: LazyLock<PasswordHash> = LazyLock::new(|| {
    let hash = argon2().hash_password_with_salt(b"", &[0; 16]);
    hash.expect("the parameters and the salt are within Argon2's bounds")
});

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.expect("the costs are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email() -> EmailAddress {
        "ada@example.com".parse().unwrap()
    }

    #[test]
    fn what_is_kept_knows_its_password_and_no_other() {
        let entropy = Entropy::system();
        let password = Password::chosen("correct horse 🐎 battery", &email()).unwrap();
        let kept = password.hash(&entropy);
        assert!(kept.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!kept.expose().contains("horse"));
        assert_ne!(kept, password.hash(&entropy));
        assert!(password.is(Some(&kept)));
        assert!(!Password::typed("correct horse 🐎 batterz").is(Some(&kept)));
        assert!(!password.is(None));
        assert!(!password.is(Some(&Secret::new("not a hash".to_owned()))));
        assert!(!Password::typed("").is(None));
    }

    #[test]
    fn every_keyboard_types_the_same_password() {
        let entropy = Entropy::system();
        let kept = Password::typed("jo\u{308}rgs ﬁsche ①").hash(&entropy);
        assert!(Password::typed("jörgs fische 1").is(Some(&kept)));
    }

    #[test]
    fn length_is_counted_in_characters() {
        let of = |text: &str| Password::chosen(text, &email()).map(drop);
        assert_eq!(of(&"🦊".repeat(9)), Err(BadPassword::Length));
        assert_eq!(of(&"🦊".repeat(10)), Ok(()));
        assert_eq!(of(&"🦊".repeat(200)), Ok(()));
        assert_eq!(of(&"🦊".repeat(201)), Err(BadPassword::Length));
        assert_eq!(of(" Ada@Example.com"), Err(BadPassword::IsTheAddress));
        let longest = "x".repeat(LONGEST);
        let kept = Password::typed(&longest).hash(&Entropy::system());
        assert!(Password::typed(&longest).is(Some(&kept)));
        assert!(!Password::typed(&format!("{longest}y")).is(Some(&kept)));
    }

    #[test]
    fn debug_does_not_show_it() {
        assert!(!format!("{:?}", Password::typed("correct horse")).contains("horse"));
    }
}
