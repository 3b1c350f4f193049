//! Where Meta posts what concerns a number's account.

use openwati_channels::cloud_api::{CallError, CallbackOverride, SubscribedApp, is_unconfirmed};

use super::ask::{Keys, in_time};
use super::problem::{Problem, said};
use crate::error::Error;
use crate::platform::Platform;

/// Has Meta post to our address, which Meta asks at once whether it knows the token. Where Meta does not reach it, the app
/// is subscribed at its own address, so that one that is entered there by hand works. Answers what is wrong, if anything.
///
/// # Errors
/// [`Error::CredentialsRefused`] where the token may not do so; [`Error::MetaUnreachable`].
pub(super) async fn subscribe(
    platform: &Platform,
    keys: &Keys<'_>,
    callback_url: &str,
    verify_token: &str,
) -> Result<Option<Problem>, Error> {
    let graph = platform.cloud_api()?;
    let instead = CallbackOverride {
        callback_url,
        verify_token,
    };
    let asked = graph.subscribe_app(keys.waba_id, keys.access_token, Some(instead));
    let answer = in_time(asked).await?;
    let Err(error) = said(&answer)? else {
        return Ok(None);
    };
    if matches!(error.code, 0 | 102 | 104 | 190 | 10 | 200..=299) {
        let what = "the access token may not subscribe to the account's callbacks";
        return Err(Problem::of_meta("missing_permission", what, error).into());
    }
    let what = match answer.as_ref().is_err_and(is_unconfirmed) {
        true => format!("Meta did not get an answer from {callback_url}"),
        false => format!("Meta does not post to {callback_url}"),
    };
    let problem = Problem::of_meta("callback_unconfirmed", &what, error);
    let plain = graph.subscribe_app(keys.waba_id, keys.access_token, None);
    if let Err(error) = in_time(plain).await? {
        tracing::warn!(%error, "an app could not be subscribed at its own address either");
    }
    Ok(Some(problem))
}

/// Where an account's callbacks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goes {
    /// To us.
    Here,
    /// To the address that is entered in the app.
    ToTheApp,
    /// To another address.
    Elsewhere,
    /// Nowhere.
    Nowhere,
}

/// Where the callbacks of the token's app go. Another app's are none of our business.
pub(super) fn goes(apps: &[SubscribedApp], app_id: Option<&str>, callback_url: &str) -> Goes {
    let own = apps
        .iter()
        .filter(|app| app_id.is_none_or(|id| app.app_id == id));
    let mut goes = Goes::Nowhere;
    for app in own {
        match app.override_callback_uri.as_deref() {
            Some(url) if url == callback_url => return Goes::Here,
            Some(_) => goes = Goes::Elsewhere,
            None if goes == Goes::Nowhere => goes = Goes::ToTheApp,
            None => {}
        }
    }
    goes
}

/// Ends an account's callbacks to us, as far as Meta can be reached: whoever leaves must not wait for it, and who is gone
/// cannot do more.
pub(super) async fn unsubscribe(
    platform: &Platform,
    keys: &Keys<'_>,
    app_id: Option<&str>,
    callback_url: &str,
) {
    let ended = async {
        let graph = platform.cloud_api()?;
        let apps = graph.subscribed_apps(keys.waba_id, keys.access_token).await;
        // What another tenant subscribed is left alone.
        if goes(&apps?, app_id, callback_url) == Goes::Here {
            let ended = graph.unsubscribe_app(keys.waba_id, keys.access_token);
            ended.await?;
        }
        Ok::<_, Unsubscribing>(())
    };
    match in_time(ended).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::info!(%error, "an account stays subscribed"),
        Err(_) => tracing::info!("an account stays subscribed: Meta did not answer in time"),
    }
}

#[derive(Debug, thiserror::Error)]
enum Unsubscribing {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("there is no client")]
    Client,
}

impl From<Error> for Unsubscribing {
    fn from(_: Error) -> Self {
        Self::Client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_goes_where_the_own_app_says() {
        let app = |id: &str, uri: Option<&str>| SubscribedApp {
            app_id: id.to_owned(),
            override_callback_uri: uri.map(str::to_owned),
        };
        let goes = |apps: &[SubscribedApp]| goes(apps, Some("1"), "https://here");
        assert_eq!(goes(&[]), Goes::Nowhere);
        assert_eq!(goes(&[app("2", Some("https://here"))]), Goes::Nowhere);
        assert_eq!(goes(&[app("1", None)]), Goes::ToTheApp);
        assert_eq!(goes(&[app("1", Some("https://there"))]), Goes::Elsewhere);
        let both = [app("1", None), app("1", Some("https://here"))];
        assert_eq!(goes(&both), Goes::Here);
    }
}
