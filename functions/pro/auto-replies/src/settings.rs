//! What answers beside rules and AI, as it is shown and as it is asked for.

use openwati_core::automation::{Day, Settings, TimeOfDay, Window, Words, WorkingHours, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The words to opt out and in with, when somebody is there, and for how long a person's answer silences what answers by
/// itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "opt_out": {"words": null, "default_words": ["stop", "unsubscribe"], "reply": "You get no more messages. START brings them back."},
    "opt_in": {"words": ["start"], "default_words": ["start", "subscribe"], "reply": null},
    "working_hours": {
        "enabled": true,
        "time_zone": "Asia/Karachi",
        "windows": [{"days": ["monday", "friday"], "from": "09:00", "to": "18:00"}],
        "away_message": "We are back at nine.",
    },
    "human_pause_minutes": 30,
}))]
pub(crate) struct AutoReplySettings {
    /// The words with which customers stop everything that is not a person's own answer.
    opt_out: AutoReplyWords,
    /// The words with which they take that back.
    opt_in: AutoReplyWords,
    working_hours: AutoReplyHours,
    /// For how many minutes the AI and the away message are quiet after a person answered; rules are not.
    #[schema(minimum = 0, maximum = 1440)]
    human_pause_minutes: u16,
}

/// Words that count as a whole message, in any capitals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AutoReplyWords {
    /// The account's own; `null` where those by default count.
    #[schema(required)]
    words: Option<Vec<String>>,
    /// Those that count where the account has none of its own.
    #[schema(value_type = Vec<String>)]
    default_words: &'static [&'static str],
    /// What whoever writes one is answered; `null` is nothing.
    #[schema(required)]
    reply: Option<String>,
}

/// When somebody is there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AutoReplyHours {
    /// Whether they count: without them it is always open.
    enabled: bool,
    /// The IANA name of the time zone of its clocks.
    #[schema(example = "Asia/Karachi")]
    time_zone: String,
    windows: Vec<AutoReplyWindow>,
    /// What whoever writes outside of them is told, once each time it is closed; `null` is nothing.
    #[schema(required)]
    away_message: Option<String>,
}

/// A time at which somebody is there, on each of some days.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct AutoReplyWindow {
    /// The days on which it begins.
    #[schema(value_type = Vec<DayOfWeek>, min_items = 1, max_items = 7)]
    days: Vec<Day>,
    /// When it begins.
    #[schema(value_type = String, example = "09:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")]
    from: TimeOfDay,
    /// When it ends; of the next day, where that is not after it begins. `24:00` is the end of the day.
    #[schema(value_type = String, example = "18:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")]
    to: TimeOfDay,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) enum DayOfWeek {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl AutoReplyWords {
    fn shown(words: Words, default_words: &'static [&'static str]) -> Self {
        Self {
            words: words.words,
            default_words,
            reply: words.reply,
        }
    }
}

impl From<WorkingHours> for AutoReplyHours {
    fn from(hours: WorkingHours) -> Self {
        Self {
            enabled: hours.enabled,
            time_zone: hours.time_zone,
            windows: hours.windows.into_iter().map(Into::into).collect(),
            away_message: hours.away_message,
        }
    }
}

impl From<Window> for AutoReplyWindow {
    fn from(Window { days, from, to }: Window) -> Self {
        Self { days, from, to }
    }
}

impl From<AutoReplyWindow> for Window {
    fn from(AutoReplyWindow { days, from, to }: AutoReplyWindow) -> Self {
        Self { days, from, to }
    }
}

impl From<Settings> for AutoReplySettings {
    fn from(settings: Settings) -> Self {
        Self {
            opt_out: AutoReplyWords::shown(settings.opt_out, words::DEFAULT_OUT),
            opt_in: AutoReplyWords::shown(settings.opt_in, words::DEFAULT_IN),
            working_hours: settings.working_hours.into(),
            human_pause_minutes: settings.human_pause_minutes,
        }
    }
}
