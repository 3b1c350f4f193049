//! `GET /media/{token}`

use axum::extract::State;
use http::header::{HeaderName, LOCATION, REFERRER_POLICY};
use http::{Method, StatusCode};
use openwati_services::media::{self, Asked};
use openwati_web::extract::ApiPath;
use openwati_web::{ApiError, App, error_responses};

error_responses! {
    /// Why a file is not handed out.
    ShowErrors {
        "404": "It is no link of ours, it has ended or was revoked, or the file is not there yet." ["not_found"],
        "500": "A fault of ours." ["internal"],
        "503": "The service is busy: try again." ["unavailable"],
    }
}

/// Fetch a customer's file
///
/// The address that `mediaUrl` of the webhook `message.received` has. It needs no key, lives for seven days unless it is
/// revoked, and answers 404 until the file is there. Follow the redirect at once: where it leads lives for five minutes.
#[utoipa::path(
    get,
    path = "/media/{token}",
    operation_id = "getMedia",
    tag = "Messages",
    params(("token" = String, Path, description = "What the link holds.")),
    responses(
        ShowErrors,
        (status = 302, description = "Where the file is.", headers(("Location" = String, description = "The address."))),
    ),
)]
pub(crate) async fn show(
    State(app): State<App>,
    method: Method,
    ApiPath(token): ApiPath<String>,
) -> Result<(StatusCode, [(HeaderName, String); 2]), ApiError> {
    let asked = if method == Method::HEAD {
        Asked::Head
    } else {
        Asked::Get
    };
    let location = media::hand_out(app.platform(), &token, asked).await?;
    // The link stands for the right to the file: no page that the file opens is to be told of it.
    let headers = [
        (LOCATION, location),
        (REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    Ok((StatusCode::FOUND, headers))
}
