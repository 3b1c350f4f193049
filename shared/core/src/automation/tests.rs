use serde_json::json;

use super::words::{DEFAULT_IN, DEFAULT_OUT, Which};
use super::*;
use crate::id::Id;
use crate::time::Moment;

fn at(iso: &str) -> Moment {
    Moment::parse_iso(iso).unwrap()
}

fn rule(number: u8, match_type: MatchType, keyword: &str) -> Rule {
    let made = Moment::from_seconds(1_790_000_000 + i64::from(number));
    Rule {
        id: Id::derived(made, &[&number.to_string()]),
        keyword: keyword.to_owned(),
        match_type,
        answers: vec![Answer::from(format!("answer {number}"))],
        step_delay_seconds: 0,
        active: true,
        order: 0,
        created_at: made,
        updated_at: made,
        version: 1,
    }
}

fn first<'a>(set: &'a RuleSet, text: &str) -> Option<&'a str> {
    set.first_match(text).map(|found| found.keyword.as_str())
}

#[test]
fn exact_goes_before_starts_with_before_contains_whichever_is_older() {
    let set = RuleSet::new(vec![
        rule(1, MatchType::Contains, "price"),
        rule(2, MatchType::StartsWith, "Price l"),
        rule(3, MatchType::Exact, "PRICE LIST"),
    ]);
    assert_eq!(first(&set, " price  list "), Some("PRICE LIST"));
    assert_eq!(first(&set, "price list please"), Some("Price l"));
    assert_eq!(first(&set, "the PRICE?"), Some("price"));
    assert_eq!(first(&set, "prize"), None);
}

#[test]
fn of_one_type_the_order_decides_and_then_the_older_rule() {
    let mut young = rule(9, MatchType::Contains, "a");
    let old = rule(1, MatchType::Contains, "b");
    let set = RuleSet::new(vec![young.clone(), old.clone()]);
    assert_eq!(first(&set, "ab"), Some("b"));
    young.order = -1;
    let set = RuleSet::new(vec![old.clone(), young.clone()]);
    assert_eq!(first(&set, "ab"), Some("a"));
    young.active = false;
    let set = RuleSet::new(vec![old, young]);
    assert_eq!(first(&set, "ab"), Some("b"));
    assert_eq!(first(&RuleSet::default(), "ab"), None);
}

#[test]
fn keywords_fold_in_every_script() {
    for (keyword, text) in [
        ("ıptal", "İPTAL"),
        ("STRASSE", "straße"),
        ("السعر", "السِّعْرُ"),
        ("أسعار", "اسعار"),
        ("कीमत", "कीमत\u{200D}"),
        ("👍", "👍🏿"),
        ("1", "१"),
        ("Café", "CAFE\u{301}"),
    ] {
        let set = RuleSet::new(vec![rule(1, MatchType::Exact, keyword)]);
        assert!(set.first_match(text).is_some(), "{keyword} {text}");
    }
}

#[test]
fn a_rules_mistakes_are_named_by_field_and_limit() {
    let said = |change: fn(&mut Rule)| {
        let mut rule = rule(1, MatchType::Exact, "hi");
        change(&mut rule);
        rule.validate().map_err(|invalid| invalid.to_string())
    };
    let error = |text: &str| Err(text.to_owned());
    assert_eq!(said(|_| ()), Ok(()));
    assert_eq!(
        said(|rule| rule.keyword.clear()),
        error("keyword: must have 1 to 200 characters, not 0")
    );
    assert_eq!(
        said(|rule| rule.keyword = "\u{200B} ".to_owned()),
        error("keyword: must be of characters that can be seen")
    );
    assert_eq!(
        said(|rule| rule.answers.clear()),
        error("responses: must have 1 to 10 entries, not 0")
    );
    assert_eq!(
        said(|rule| rule.answers.push(Answer::from("x".repeat(4097)))),
        error("responses[1]: must have 1 to 4096 characters, not 4097")
    );
    assert_eq!(
        said(|rule| rule.step_delay_seconds = 3601),
        error("step_delay_seconds: must be between 0 and 3600")
    );
    let wrong = json!({"media": {"type": "tune", "url": "https://example.com/a.ogg"}});
    assert!(Answer::new(wrong.clone()).is_err());
    let mut kept = rule(1, MatchType::Exact, "hi");
    kept.answers = serde_json::from_value(json!(["Hi", wrong])).unwrap();
    let field = kept.validate().unwrap_err().field;
    assert!(field.starts_with("responses[1].media"), "{field}");
}

#[test]
fn an_answer_is_kept_as_it_was_written() {
    let written = json!([
        "Hi",
        {"text": "Hello"},
        {"media": {"type": "image", "url": "https://example.com/a.png", "caption": "A"}},
        {"template": {"template": "order_update", "language": "en", "parameters": ["Ali"]}},
        {"interactive": {"body": "Well?", "buttons": ["Yes"]}},
    ]);
    let answers: Vec<Answer> = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&answers).unwrap(), written);
    let texts: Vec<Option<&str>> = answers.iter().map(Answer::text).collect();
    assert_eq!(texts, [Some("Hi"), Some("Hello"), None, None, None]);
    let mut rule = rule(1, MatchType::Exact, "hi");
    rule.answers = answers;
    assert_eq!(rule.validate(), Ok(()));
}

#[test]
fn a_word_is_said_alone_with_any_punctuation_around_it() {
    for text in [
        "STOP",
        " stop! ",
        "«Stop.»",
        "Dur",
        "DUR!",
        "Désabonner",
        "إيقاف",
        "ايقاف",
        "बंद करें।",
    ] {
        assert!(Which::Out.is_said(text, None), "{text}");
    }
    for text in ["please stop by", "don't stop", "", "!!", "start"] {
        assert!(!Which::Out.is_said(text, None), "{text}");
    }
    let own = ["Ende".to_owned()];
    assert!(Which::Out.is_said("ENDE.", Some(&own)));
    assert!(!Which::Out.is_said("stop", Some(&own)));
    assert!(!Which::Out.is_said("stop", Some(&[])));
}

#[test]
fn no_word_says_both() {
    for word in DEFAULT_OUT {
        assert!(!Which::In.is_said(word, None), "{word}");
    }
    for word in DEFAULT_IN {
        assert!(!Which::Out.is_said(word, None), "{word}");
    }
}

fn hours(zone: &str, windows: serde_json::Value) -> WorkingHours {
    serde_json::from_value(json!({
        "enabled": true, "time_zone": zone, "windows": windows, "away_message": "Tomorrow",
    }))
    .unwrap()
}

const WORKDAYS: [&str; 5] = ["monday", "tuesday", "wednesday", "thursday", "friday"];

#[test]
fn hours_are_those_of_the_clocks_on_the_wall() {
    let hours = hours(
        "Europe/Berlin",
        json!([{"days": WORKDAYS, "from": "09:00", "to": "17:00"}]),
    );
    // Summer time begins on 2026-03-29.
    assert!(!hours.is_open(at("2026-03-27T07:59:59Z")));
    assert!(hours.is_open(at("2026-03-27T08:00:00Z")));
    assert!(hours.is_open(at("2026-03-30T07:00:00Z")));
    assert!(!hours.is_open(at("2026-03-30T15:00:00Z")));
    assert_eq!(
        hours.closed_since(at("2026-03-30T06:00:00Z")),
        Some(at("2026-03-27T16:00:00Z"))
    );
    assert_eq!(hours.closed_since(at("2026-03-30T08:00:00Z")), None);
}

#[test]
fn a_window_may_go_on_after_midnight() {
    let hours = hours(
        "Asia/Karachi",
        json!([
            {"days": ["friday"], "from": "18:00", "to": "02:00"},
            {"days": ["saturday"], "from": "00:00", "to": "24:00"},
        ]),
    );
    assert!(hours.is_open(at("2026-06-12T13:00:00Z")));
    assert!(hours.is_open(at("2026-06-12T20:30:00Z")));
    assert!(hours.is_open(at("2026-06-13T18:59:00Z")));
    assert_eq!(
        hours.closed_since(at("2026-06-18T00:00:00Z")),
        Some(at("2026-06-13T19:00:00Z"))
    );
}

#[test]
fn hours_that_do_not_count_are_always_open() {
    let mut hours = hours(
        "UTC",
        json!([{"days": ["monday"], "from": "09:00", "to": "10:00"}]),
    );
    hours.enabled = false;
    assert!(hours.is_open(at("2026-06-12T13:00:00Z")));
    assert_eq!(hours.closed_since(at("2026-06-12T13:00:00Z")), None);
}

#[test]
fn a_settings_mistakes_are_named_by_field_and_limit() {
    let said = |settings: serde_json::Value| {
        let settings: Settings = serde_json::from_value(settings).unwrap();
        settings.validate().map_err(|invalid| invalid.to_string())
    };
    let error = |text: &str| Err(text.to_owned());
    assert_eq!(said(json!({})), Ok(()));
    assert_eq!(
        said(json!({"working_hours": {"time_zone": "Asia/Lahore"}})),
        error("working_hours.time_zone must be the IANA name of a time zone, like Asia/Karachi")
    );
    assert_eq!(
        said(json!({"working_hours": {"enabled": true}})),
        error("working_hours.windows must have 1 to 50 entries, not 0")
    );
    assert_eq!(
        said(json!({"human_pause_minutes": 1441})),
        error("human_pause_minutes must be between 0 and 1440")
    );
    assert_eq!(
        said(json!({"opt_out": {"words": ["stop", "!"]}})),
        error("opt_out.words[1] must be of letters or digits")
    );
    assert_eq!(
        said(json!({"ai": {"fallback_language": "English"}})),
        error("fallback_language must be a language's code, like en or pt-BR")
    );
    assert_eq!(
        said(json!({"ai": {"system_prompt": "x".repeat(8001)}})),
        error("system_prompt must have 0 to 8000 characters, not 8001")
    );
    let window = |from: &str| json!({"days": ["monday"], "from": from, "to": "10:00"});
    for wrong in ["9:00", "24:01", "09:60", "noon", "+9:00"] {
        assert!(
            serde_json::from_value::<Window>(window(wrong)).is_err(),
            "{wrong}"
        );
    }
}

/// What the table below varies.
#[derive(Clone)]
struct Case {
    settings: Settings,
    rules: RuleSet,
    text: Option<&'static str>,
    age_seconds: i64,
    opted_out: bool,
    paused: bool,
    automatic: usize,
    away_since: Option<Moment>,
    ai_available: bool,
    chatbot: Option<Id>,
}

/// A Saturday on which the business is closed since Friday, 17:00.
const NOW: &str = "2026-06-13T12:00:00Z";

impl Case {
    /// Everything would answer: a rule for `price`, the AI, the away message.
    fn all(text: &'static str) -> Self {
        let settings = json!({
            "ai": {"enabled": true},
            "opt_out": {"reply": "You are out"},
            "opt_in": {"reply": "You are in"},
            "working_hours": hours("UTC", json!([{"days": WORKDAYS, "from": "09:00", "to": "17:00"}])),
        });
        Self {
            settings: serde_json::from_value(settings).unwrap(),
            rules: RuleSet::new(vec![
                rule(1, MatchType::Contains, "price"),
                rule(2, MatchType::Exact, "start"),
            ]),
            text: Some(text),
            age_seconds: 0,
            opted_out: false,
            paused: false,
            automatic: 0,
            away_since: None,
            ai_available: true,
            chatbot: None,
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn decided(&self) -> Decision {
        let now = at(NOW);
        decide(&Situation {
            settings: &self.settings,
            rules: &self.rules,
            text: self.text,
            written_at: Moment::from_seconds(now.seconds() - self.age_seconds),
            now,
            opted_out: self.opted_out,
            paused_until: self.paused.then(|| now.plus(Duration::from_secs(1))),
            automatic_last_hour: self.automatic,
            away_since: self.away_since,
            ai_available: self.ai_available,
            chatbot: self.chatbot,
        })
    }
}

fn no_ai(case: &mut Case) {
    case.ai_available = false;
}

fn out(reply: Option<&str>) -> Decision {
    let reply = reply.map(ToOwned::to_owned);
    Decision::OptOut { reply }
}

fn quiet(quiet: Quiet) -> Decision {
    Decision::Nobody(quiet)
}

fn is_rule(decision: &Decision, keyword: &str) -> bool {
    matches!(decision, Decision::Rule(matched) if matched.keyword == keyword)
}

fn away() -> Decision {
    Decision::Away {
        message: "Tomorrow".to_owned(),
        closed_since: at("2026-06-12T17:00:00Z"),
    }
}

#[test]
fn the_first_that_applies_answers() {
    let chatbot = Id::from_bytes([7; 12]);
    assert_eq!(Case::all("Stop").decided(), out(Some("You are out")));
    let talking = Case::all("price").with(|case| case.chatbot = Some(chatbot));
    assert_eq!(talking.decided(), Decision::Chatbot(chatbot));
    let stopping = Case::all("stop").with(|case| case.chatbot = Some(chatbot));
    assert_eq!(stopping.decided(), out(Some("You are out")));
    assert!(is_rule(&Case::all("The PRICE").decided(), "price"));
    assert_eq!(Case::all("Hello").decided(), Decision::Ai);
    assert_eq!(Case::all("Hello").with(no_ai).decided(), away());
    let off = Case::all("Hello").with(|case| case.settings.ai.enabled = false);
    assert_eq!(off.decided(), away());
    let nothing = Case::all("Hello").with(no_ai).with(|case| {
        case.settings.working_hours.enabled = false;
    });
    assert_eq!(nothing.decided(), quiet(Quiet::NothingApplies));
}

#[test]
fn what_has_no_words_is_answered_by_the_away_message_alone() {
    let sticker = Case::all("").with(|case| case.text = None);
    assert_eq!(sticker.decided(), away());
    assert_eq!(Case::all("  ").decided(), away());
}

#[test]
fn nobody_is_told_twice_of_one_closed_time() {
    let told = |when: &str| {
        let since = Some(at(when));
        let case = Case::all("Hello").with(no_ai);
        case.with(|case| case.away_since = since).decided()
    };
    assert_eq!(told("2026-06-12T17:00:00Z"), quiet(Quiet::NothingApplies));
    assert_eq!(told("2026-06-11T17:00:00Z"), away());
}

#[test]
fn who_has_opted_out_is_answered_by_nothing() {
    for text in ["price", "Hello"] {
        let case = Case::all(text).with(|case| case.opted_out = true);
        assert_eq!(case.decided(), quiet(Quiet::OptedOut), "{text}");
    }
    let again = Case::all("stop").with(|case| case.opted_out = true);
    assert_eq!(again.decided(), out(None));
    let case = Case::all("START!").with(|case| case.opted_out = true);
    let reply = Some("You are in".to_owned());
    assert_eq!(case.decided(), Decision::OptIn { reply });
}

#[test]
fn a_word_to_opt_in_is_a_text_like_any_other_to_who_is_in() {
    assert!(is_rule(&Case::all("start").decided(), "start"));
}

#[test]
fn a_persons_answer_quiets_all_but_words_and_rules() {
    let paused = |text| Case::all(text).with(|case| case.paused = true);
    assert_eq!(paused("Hello").decided(), quiet(Quiet::Paused));
    assert_eq!(paused("Hello").with(no_ai).decided(), quiet(Quiet::Paused));
    assert!(is_rule(&paused("price").decided(), "price"));
    assert_eq!(paused("stop").decided(), out(Some("You are out")));
    let chatbot = paused("price").with(|case| case.chatbot = Some(Id::from_bytes([7; 12])));
    assert!(is_rule(&chatbot.decided(), "price"));
}

#[test]
fn old_messages_are_answered_by_nobody_and_their_words_count() {
    let old = |text| Case::all(text).with(|case| case.age_seconds = 901);
    assert_eq!(old("price").decided(), quiet(Quiet::TooOld));
    assert_eq!(old("Hello").decided(), quiet(Quiet::TooOld));
    assert_eq!(old("stop").decided(), out(None));
    let just = Case::all("price").with(|case| case.age_seconds = 900);
    assert!(is_rule(&just.decided(), "price"));
}

#[test]
fn the_brake_stops_every_answer_and_no_word() {
    let braked = |text| Case::all(text).with(|case| case.automatic = BRAKE);
    assert_eq!(braked("price").decided(), quiet(Quiet::Braked));
    assert_eq!(braked("Hello").decided(), quiet(Quiet::Braked));
    assert_eq!(braked("stop").decided(), out(None));
    let last = Case::all("price").with(|case| case.automatic = BRAKE - 1);
    assert!(is_rule(&last.decided(), "price"));
}

#[test]
fn an_outcomes_name_is_what_is_stored() {
    for outcome in Outcome::ALL {
        let stored = serde_json::to_value(outcome).unwrap();
        assert_eq!(stored, json!(outcome.name()));
        assert_eq!(Outcome::parse(outcome.name()), Some(outcome));
    }
    for kind in MatchType::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), json!(kind.name()));
        assert_eq!(MatchType::parse(kind.name()), Some(kind));
    }
}
