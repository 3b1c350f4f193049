//! What is wrong with a number's credentials, in Meta's words and in plain ones.

use openwati_channels::cloud_api::{
    CallError, GraphError, MANAGEMENT, MESSAGING, PhoneNumberInfo, Refusal, TokenInfo,
    demands_secret, is_wrong_secret,
};
use openwati_core::graph_error::Class;
use openwati_store::message::MessageError;

use super::ask::{Answers, Keys};
use super::words;
use crate::error::Error;

/// Something that keeps a channel from working as it is to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable name of it.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
    /// What to do.
    pub help: &'static str,
    /// What Meta said, where it was Meta that said it.
    pub error: Option<MessageError>,
}

impl Problem {
    /// A problem of this code, in our own words.
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: words::help(code),
            error: None,
        }
    }

    /// A problem of this code, in Meta's words.
    pub(super) fn of_meta(code: &'static str, what: &str, error: &GraphError) -> Self {
        let said = MessageError::of_whatsapp(error.code, &error.title, error.details.as_deref());
        Self {
            message: format!("{what}: Meta says: {}", said.title),
            error: Some(said),
            ..Self::new(code, "")
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::CredentialsRefused {
            code: problem.code,
            message: format!(
                "{}. {}",
                problem.message.trim_end_matches('.'),
                problem.help
            ),
            error: problem.error.map(Box::new),
            help: problem.help,
        }
    }
}

/// What Meta said, where it answered for good.
///
/// # Errors
/// [`Error::MetaUnreachable`] where it did not, or only for now.
pub(super) fn said<T>(answer: &Result<T, CallError>) -> Result<Result<&T, &GraphError>, Error> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(CallError::Refused(Refusal::Graph(error))) if !passes(error.class) => Ok(Err(error)),
        Err(error) => {
            tracing::warn!(%error, "Graph was not reached");
            Err(Error::MetaUnreachable)
        }
    }
}

/// Whether it is worth asking again without changing anything.
fn passes(class: &Class) -> bool {
    class.is_retryable() || class.slows_channel
}

/// All that is wrong, what matters most first.
///
/// # Errors
/// [`Error::MetaUnreachable`] where not everything was answered.
pub(super) fn problems(keys: &Keys<'_>, answers: &Answers) -> Result<Vec<Problem>, Error> {
    let token = said(&answers.token)?;
    let number = said(&answers.number)?;
    let numbers = said(&answers.numbers)?;
    // Of a token that is none, nothing else can be told.
    if let Some(problem) = bad_token(token, number.err(), numbers.err()) {
        return Ok(vec![problem]);
    }
    let mut problems = Vec::new();
    if let Ok(info) = token {
        problems.extend(missing_scopes(info));
    }
    problems.extend(account(keys, &answers.numbers, numbers, &problems));
    problems.extend(of_number(&answers.number, number, &problems));
    Ok(problems)
}

/// Meta's codes for a token that nobody can use any more.
fn is_about_the_token(error: &GraphError) -> bool {
    matches!(error.code, 0 | 102 | 104 | 190)
}

fn bad_token(
    token: Result<&TokenInfo, &GraphError>,
    number: Option<&GraphError>,
    numbers: Option<&GraphError>,
) -> Option<Problem> {
    let what = "the access token does not work";
    if let Ok(info) = token
        && !info.is_valid
    {
        let why = info.error.as_deref().unwrap_or("it is not valid");
        return Some(Problem::new("invalid_token", format!("{what}: {why}")));
    }
    let mut errors = token.err().into_iter().chain(number).chain(numbers);
    let error = errors.find(|error| is_about_the_token(error))?;
    Some(Problem::of_meta("invalid_token", what, error))
}

fn missing_scopes(info: &TokenInfo) -> Option<Problem> {
    let missing: Vec<&str> = [MESSAGING, MANAGEMENT]
        .into_iter()
        .filter(|scope| !info.has(scope))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let message = format!("the access token lacks {}", missing.join(" and "));
    Some(Problem::new("missing_permission", message))
}

/// Meta's codes for what a token may not do.
fn is_about_permission(error: &GraphError) -> bool {
    matches!(error.code, 10 | 200..=299)
}

/// Meta's codes for what is not there, or not for this token.
fn is_about_absence(error: &GraphError) -> bool {
    (error.code == 100 && error.subcode == Some(33)) || matches!(error.code, 33 | 803)
}

fn account(
    keys: &Keys<'_>,
    answer: &Result<Vec<PhoneNumberInfo>, CallError>,
    said: Result<&Vec<PhoneNumberInfo>, &GraphError>,
    known: &[Problem],
) -> Option<Problem> {
    let error = match said {
        Ok(numbers) if numbers.iter().any(|one| one.id == keys.phone_number_id) => return None,
        Ok(_) => {
            let message = format!(
                "the account {} has no number of the id {}",
                keys.waba_id, keys.phone_number_id
            );
            return Some(Problem::new("number_not_in_account", message));
        }
        Err(error) => error,
    };
    if answer.as_ref().is_err_and(is_wrong_secret) {
        let what = "the app secret is not that of the app which the access token belongs to";
        return Some(Problem::of_meta("app_secret_mismatch", what, error));
    }
    if is_about_permission(error) {
        // That it lacks the permission was said already.
        let what = "the access token may not manage the account";
        return known
            .is_empty()
            .then(|| Problem::of_meta("missing_permission", what, error));
    }
    if is_about_absence(error) {
        let what = format!("the access token leads to no account {}", keys.waba_id);
        return Some(Problem::of_meta("account_not_found", &what, error));
    }
    let what = "the account could not be looked up";
    Some(Problem::of_meta("whatsapp_refused", what, error))
}

fn of_number(
    answer: &Result<PhoneNumberInfo, CallError>,
    said: Result<&PhoneNumberInfo, &GraphError>,
    known: &[Problem],
) -> Option<Problem> {
    let error = said.err()?;
    if answer.as_ref().is_err_and(demands_secret) {
        let what = "the app demands a proof with every call";
        return Some(Problem::of_meta("app_demands_proof", what, error));
    }
    if is_about_permission(error) || is_about_absence(error) {
        let what = "the access token leads to no such number";
        return known
            .is_empty()
            .then(|| Problem::of_meta("number_not_found", what, error));
    }
    let what = "the number could not be looked up";
    Some(Problem::of_meta("whatsapp_refused", what, error))
}
