//! What the platform answered.

use http::HeaderMap;
use serde_json::Value;

/// An answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, where it is JSON.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// Reads an answer to its end.
    ///
    /// # Panics
    /// If it breaks off.
    pub async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.expect("the answer comes whole");
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self {
            status,
            headers,
            body,
            text,
        }
    }

    /// The same, if it is a 200.
    ///
    /// # Panics
    /// If it is another.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.text);
        self
    }

    /// The same, if it is this error in WATI Pro's shape.
    ///
    /// # Panics
    /// If it is another.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status, self.body["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text
        );
        assert!(
            self.body["error"]
                .as_str()
                .is_some_and(|error| !error.is_empty()),
            "{}",
            self.text
        );
        self
    }

    /// What `error` says.
    pub fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    /// A text of the body.
    ///
    /// # Panics
    /// If it is not there.
    #[track_caller]
    pub fn str(&self, name: &str) -> &str {
        let text = self.body[name].as_str();
        text.unwrap_or_else(|| panic!("there is no {name} in {}", self.text))
    }

    /// Our id of the message.
    #[track_caller]
    pub fn id(&self) -> &str {
        self.str("id")
    }

    /// WhatsApp's id of the message.
    #[track_caller]
    pub fn wamid(&self) -> &str {
        self.str("messageId")
    }

    /// A header, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A header that is a number.
    ///
    /// # Panics
    /// If it is not there or none.
    #[track_caller]
    pub fn number(&self, name: &str) -> u64 {
        let number = self.header(name).and_then(|value| value.parse().ok());
        number.unwrap_or_else(|| panic!("no number {name} in {:?}", self.headers))
    }

    /// Whether it is an earlier answer that was given again.
    pub fn replayed(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }
}
