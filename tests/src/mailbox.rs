//! A mail server that keeps what it gets: SMTP (RFC 5321) as far as a client without TLS speaks it. Any log-in
//! is good.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::wait::{SOON, eventually};

/// A mail that came.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The recipients of its envelope.
    pub to: Vec<String>,
    /// Its headers and body, decoded as far as quoted-printable is.
    pub text: String,
}

/// A mail server on loopback.
#[derive(Debug)]
pub struct Mailbox {
    url: String,
    letters: Arc<Mutex<Vec<Letter>>>,
    refusing: Arc<AtomicBool>,
}

impl Mailbox {
    /// Starts one.
    ///
    /// # Panics
    /// If this machine has no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("there is a free port");
        let at = listener.local_addr().expect("it listens");
        let letters = Arc::new(Mutex::new(Vec::new()));
        let refusing = Arc::new(AtomicBool::new(false));
        let (kept, refuses) = (Arc::clone(&letters), Arc::clone(&refusing));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, refuses) = (Arc::clone(&kept), Arc::clone(&refuses));
                // Who hangs up in the middle has sent nothing.
                tokio::spawn(async move { serve(stream, &kept, &refuses).await.ok() });
            }
        });
        Self {
            url: format!("smtp://{at}"),
            letters,
            refusing,
        }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it takes nothing for now.
    pub fn refuse(&self, refuses: bool) {
        self.refusing.store(refuses, Ordering::Relaxed);
    }

    /// What came for this address, once something did.
    ///
    /// # Panics
    /// If nothing comes soon.
    pub async fn letter_to(&self, address: &str) -> Letter {
        eventually(&format!("a mail to {address}"), SOON, || async {
            self.letters_to(address).pop()
        })
        .await
    }

    /// What came for this address so far.
    ///
    /// # Panics
    /// If another test's panic was in the middle of it.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        let letters = self.letters.lock().expect("nobody panics with it");
        let to = letters
            .iter()
            .filter(|letter| letter.to.iter().any(|to| to == address));
        to.cloned().collect()
    }
}

impl Letter {
    /// The token of the link in it.
    ///
    /// # Panics
    /// If it has none.
    pub fn token(&self) -> String {
        let (_, rest) = self.text.split_once("#token=").expect("it has a link");
        rest.split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned()
    }
}

async fn serve(
    stream: TcpStream,
    letters: &Mutex<Vec<Letter>>,
    refusing: &AtomicBool,
) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mailbox\r\n").await?;
    let mut to = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let command = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer = match command.as_str() {
            "EHLO" => "250-mailbox\r\n250-AUTH PLAIN\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "AUTH" => "235 ok\r\n",
            "MAIL" if refusing.load(Ordering::Relaxed) => "451 not now\r\n",
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                to.push(address.to_owned());
                "250 ok\r\n"
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push('\n');
                }
                let letter = Letter {
                    to: std::mem::take(&mut to),
                    text: decoded(&text),
                };
                letters.lock().expect("nobody panics with it").push(letter);
                "250 ok\r\n"
            }
            "QUIT" => {
                writer.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok\r\n",
        };
        writer.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

/// Quoted-printable (RFC 2045, 6.7): soft line breaks, and bytes as two hex digits.
fn decoded(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let [first, more @ ..] = rest {
        let quoted = more.get(..2).filter(|_| *first == b'=');
        match quoted.and_then(|digits| hex::decode(digits).ok()) {
            Some(byte) => {
                bytes.extend(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
