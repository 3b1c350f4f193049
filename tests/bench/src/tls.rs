//! Certificates for servers on this machine, and trust in them.

use std::{fs, path::Path, sync::Arc};

use anyhow::Context as _;
use rcgen::CertifiedKey;
use tempfile::NamedTempFile;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// A certificate for 127.0.0.1, and the file that makes a function trust it.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    bundle: NamedTempFile,
}

/// Where Linux distributions keep what they trust. A function reads all of it when it starts, so it belongs to the measure.
const BUNDLES: [&str; 2] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
];

impl Tls {
    /// Makes both, the file in `folder`.
    pub(crate) fn new(folder: &Path) -> anyhow::Result<Self> {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let key = PrivateKeyDer::try_from(signing_key.serialize_der());
        let key = key.ok().context("the key that was made is none")?;
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)?;
        let system = BUNDLES
            .into_iter()
            .find_map(|path| fs::read_to_string(path).ok());
        let trusted = system.unwrap_or_default() + &cert.pem();
        let bundle = tempfile::Builder::new()
            .suffix(".pem")
            .tempfile_in(folder)?;
        fs::write(bundle.path(), trusted)?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            bundle,
        })
    }

    /// What makes TLS of the connections to a server.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// The variable that names what a function trusts.
    pub(crate) fn variable(&self) -> (&'static str, String) {
        ("SSL_CERT_FILE", self.bundle.path().display().to_string())
    }
}
