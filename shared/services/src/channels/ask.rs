//! What Graph is asked about a number before it is used, and whenever it is checked.

use std::time::Duration;

use openwati_channels::cloud_api::{
    CallError, CloudApi, Credentials, PhoneNumberInfo, SubscribedApp, TokenInfo,
};
use openwati_core::phone::PhoneNumber;
use openwati_core::secret::Secret;
use openwati_core::time::Moment;
use openwati_core::{pacing, tenant::TenantId};
use openwati_store::channel::{ChannelRecord, CheckedNumber};

use super::problem::{Problem, problems, said};
use super::secrets::{SecretField, open};
use crate::error::Error;
use crate::platform::Platform;

/// How long Graph may take over all that is asked at once. It answers within a second; a request to the API has 29.
pub(super) const PATIENCE: Duration = Duration::from_secs(9);

/// What it takes to use a number.
pub(super) struct Keys<'a> {
    pub(super) phone_number_id: &'a str,
    pub(super) waba_id: &'a str,
    pub(super) access_token: &'a str,
    pub(super) app_secret: &'a str,
}

/// The same, as it is kept.
pub(super) struct OpenKeys {
    access_token: Secret<String>,
    app_secret: Secret<String>,
}

/// What Graph answered.
pub(super) struct Answers {
    pub(super) token: Result<TokenInfo, CallError>,
    pub(super) number: Result<PhoneNumberInfo, CallError>,
    pub(super) numbers: Result<Vec<PhoneNumberInfo>, CallError>,
}

/// A number that may be used.
pub(super) struct Usable {
    pub(super) phone_number: PhoneNumber,
    pub(super) checked: CheckedNumber,
    /// Messages a second that the platform sends by it.
    pub(super) per_second: u32,
}

impl OpenKeys {
    pub(super) fn of(
        platform: &Platform,
        tenant: &TenantId,
        channel: &ChannelRecord,
    ) -> Result<Self, Error> {
        let ring = platform.key_ring()?;
        Ok(Self {
            access_token: open(ring, tenant, channel, SecretField::AccessToken)?,
            app_secret: open(ring, tenant, channel, SecretField::AppSecret)?,
        })
    }

    pub(super) fn keys<'a>(&'a self, channel: &'a ChannelRecord) -> Keys<'a> {
        Keys {
            phone_number_id: &channel.phone_number_id,
            waba_id: &channel.waba_id,
            access_token: self.access_token.expose(),
            app_secret: self.app_secret.expose(),
        }
    }
}

/// Within [`PATIENCE`], or [`Error::MetaUnreachable`].
pub(super) async fn in_time<T>(asked: impl Future<Output = T>) -> Result<T, Error> {
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    answer.map_err(|_| Error::MetaUnreachable)
}

async fn answers(graph: &CloudApi, keys: &Keys<'_>) -> Answers {
    let credentials = Credentials {
        phone_number_id: keys.phone_number_id,
        access_token: keys.access_token,
    };
    let (token, number, numbers) = tokio::join!(
        graph.debug_token(keys.access_token),
        graph.phone_number(&credentials),
        graph.phone_numbers(keys.waba_id, keys.access_token, keys.app_secret),
    );
    Answers {
        token,
        number,
        numbers,
    }
}

/// Asks whether the number can be used with these keys.
///
/// # Errors
/// [`Error::CredentialsRefused`] with what matters most of what is wrong; [`Error::MetaUnreachable`].
pub(super) async fn usable(platform: &Platform, keys: &Keys<'_>) -> Result<Usable, Error> {
    let answers = in_time(answers(platform.cloud_api()?, keys)).await?;
    if let Some(problem) = problems(keys, &answers)?.into_iter().next() {
        return Err(problem.into());
    }
    let info = said(&answers.number)?.map_err(|_| Error::MetaUnreachable)?;
    let digits = info.display_phone_number.as_deref().map(|number| {
        let digits = number.chars().filter(char::is_ascii_digit);
        digits.collect::<String>()
    });
    let phone_number = digits.and_then(|digits| PhoneNumber::from_digits(&digits));
    let phone_number = phone_number.ok_or_else(|| {
        let message = "Meta does not say which phone number it is";
        Problem::new("number_not_found", message)
    })?;
    Ok(Usable {
        phone_number,
        checked: checked(info, answers.token.as_ref().ok(), platform.now()),
        per_second: per_second(info),
    })
}

/// What Graph says of a number, its token and its account, with all that is wrong.
pub(super) struct Findings {
    pub(super) problems: Vec<Problem>,
    /// What is known of the number, where Meta told.
    pub(super) checked: Option<CheckedNumber>,
    pub(super) per_second: Option<u32>,
    pub(super) token: Option<TokenInfo>,
    /// The apps that get the account's callbacks, where the token may see them.
    pub(super) apps: Option<Vec<SubscribedApp>>,
}

/// Asks for all that can be known.
///
/// # Errors
/// [`Error::MetaUnreachable`].
pub(super) async fn findings(platform: &Platform, keys: &Keys<'_>) -> Result<Findings, Error> {
    let graph = platform.cloud_api()?;
    let all = async {
        tokio::join!(
            answers(graph, keys),
            graph.subscribed_apps(keys.waba_id, keys.access_token)
        )
    };
    let (answers, apps) = in_time(all).await?;
    let problems = problems(keys, &answers)?;
    let info = answers.number.as_ref().ok();
    Ok(Findings {
        problems,
        checked: info.map(|info| checked(info, answers.token.as_ref().ok(), platform.now())),
        per_second: info.map(per_second),
        token: answers.token.ok(),
        apps: said(&apps)?.ok().cloned(),
    })
}

fn per_second(info: &PhoneNumberInfo) -> u32 {
    match info.throughput.as_deref() {
        Some("HIGH") => pacing::HIGH_PER_SECOND,
        _ => pacing::DEFAULT_PER_SECOND,
    }
}

fn checked(info: &PhoneNumberInfo, token: Option<&TokenInfo>, now: Moment) -> CheckedNumber {
    let info = info.clone();
    CheckedNumber {
        checked_at: now,
        display_phone_number: info.display_phone_number,
        verified_name: info.verified_name,
        name_status: info.name_status,
        quality_rating: info.quality_rating,
        messaging_limit: info.messaging_limit,
        throughput: info.throughput,
        status: info.status,
        code_verification_status: info.code_verification_status,
        platform_type: info.platform_type,
        account_mode: info.account_mode,
        app_id: token.and_then(|token| token.app_id.clone()),
        token_expires_at: token
            .and_then(|token| token.expires_at)
            .map(Moment::from_seconds),
    }
}
