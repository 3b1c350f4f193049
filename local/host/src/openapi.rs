//! The description of the API: that of all its functions.

/// The description as it stands in the repository: OpenAPI 3.1, indented JSON, with a newline at its end.
///
/// # Errors
/// If it cannot be written as JSON.
pub fn document() -> serde_json::Result<String> {
    let functions = [
        send::routes().into_openapi(),
        send_media::routes().into_openapi(),
        messages::routes().into_openapi(),
        contacts::routes().into_openapi(),
        auto_replies::routes().into_openapi(),
        media::routes().into_openapi(),
        settings::routes().into_openapi(),
        auth::routes().into_openapi(),
        team::routes().into_openapi(),
        webhooks::routes().into_openapi(),
        templates::routes().into_openapi(),
        channels::routes().into_openapi(),
        keys::routes().into_openapi(),
        admin::routes().into_openapi(),
        cloud_api_webhook::routes().into_openapi(),
        docs::routes().into_openapi(),
    ];
    let document = openwati_web::openapi::openapi(functions);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
