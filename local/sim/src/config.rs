//! What a simulator is opened with.

use std::{fmt, path::PathBuf};

/// One WhatsApp business number that the simulator plays Meta for.
#[derive(Clone)]
pub struct Number {
    /// Meta's id of the number: the first part of the path of a send.
    pub phone_number_id: String,
    /// The WhatsApp Business Account that owns the number.
    pub waba_id: String,
    /// The number itself, digits with country code.
    pub display_phone_number: String,
    /// The name that customers see.
    pub verified_name: String,
    /// The bearer token that may use this number.
    pub access_token: String,
    /// The app that the token belongs to.
    pub app_id: String,
    /// The app's secret, which signs callbacks.
    pub app_secret: String,
    /// Where this number's callbacks go: a full URL. Never written to disk.
    pub callback_url: String,
    /// The token of the callback's handshake.
    pub verify_token: String,
    /// Messages a second, in and out together: Meta's standard is 80, the high level 1,000.
    pub throughput_per_second: u32,
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Number")
            .field("phone_number_id", &self.phone_number_id)
            .field("waba_id", &self.waba_id)
            .field("display_phone_number", &self.display_phone_number)
            .field("verified_name", &self.verified_name)
            .field("app_id", &self.app_id)
            .field("throughput_per_second", &self.throughput_per_second)
            .finish_non_exhaustive()
    }
}

/// How the 24-hour customer service window treats a customer who has never written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Window {
    /// A customer that was never seen counts as having just written.
    #[default]
    Lenient,
    /// As Meta: closed until the customer writes.
    Strict,
}

/// What [`Simulator::open`](crate::Simulator::open) takes.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the phones, the windows and the pending callbacks are kept. Created when missing.
    pub data_dir: PathBuf,
    /// The business numbers; the first is the one that customers write to unless they name another.
    pub numbers: Vec<Number>,
    /// The rule for customers who have never written.
    pub window: Window,
    /// Divides the simulator's own pauses: those between statuses and those between the tries of a
    /// callback. Rates and the 24-hour window are Meta's and run by the clock.
    pub speed: f64,
    /// Whether more than one message every 6 seconds to one customer is refused with 131056.
    pub check_pair_rate: bool,
}

/// Why a simulator could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data folder could not be made or used.
    #[error("the simulator's folder is not usable: {0}")]
    Folder(#[from] std::io::Error),
    /// The database in it could not be opened or read.
    #[error("the simulator's database is not usable: {0}")]
    Database(#[from] rusqlite::Error),
    /// The HTTP client for callbacks could not be built.
    #[error("the client for callbacks could not be built: {0}")]
    Client(#[from] reqwest::Error),
    /// `speed` is not a positive, finite number.
    #[error("speed must be a positive number, not {0}")]
    Speed(f64),
}
