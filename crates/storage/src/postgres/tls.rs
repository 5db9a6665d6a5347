//! TLS towards the database (`sslmode` and `sslrootcert` of its address).
//!
//! Two ways and nothing between them: no TLS (`disable`, or nothing said), for the same machine or a private network; or TLS 1.2 and 1.3 with
//! the server's certificate and name checked (`verify-full`, and `require`, which checks here as well). What would encrypt without knowing
//! towards whom, or fall back to plain text, is refused.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, Socket};

use super::open::database;
use crate::OpenError;

/// Where a database is, and how it is spoken to.
#[derive(Clone)]
pub(super) struct Address {
    pub config: Config,
    pub tls: Tls,
}

/// Reads an address: what `sslmode` and `sslrootcert` say of TLS, and the rest as the driver knows it.
pub(super) fn address(url: &str) -> Result<Address, OpenError> {
    let (mut mode, mut roots) = (None, None);
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => roots = Some(decoded(value)?),
            Some(_) | None => rest.push(pair),
        }
    }
    let plain = if rest.is_empty() { place.to_owned() } else { format!("{place}?{}", rest.join("&")) };
    let mut config: Config = plain.parse().map_err(database)?;
    // An address written as words instead of a URL leaves `sslmode` to the driver.
    let checked = match (mode.as_deref(), config.get_ssl_mode()) {
        (None, SslMode::Disable | SslMode::Prefer) | (Some("disable"), _) => false,
        (None, SslMode::Require) | (Some("require" | "verify-full"), _) => true,
        (Some(other), _) => {
            return Err(unusable(format!(
                "sslmode={other}: disable, require and verify-full are known; both of the latter check the server's certificate and name"
            )));
        }
        (None, _) => return Err(unusable("sslmode is not known".into())),
    };
    if roots.is_some() && !checked {
        return Err(unusable("sslrootcert is given, and no TLS is asked for: add sslmode=verify-full".into()));
    }
    config.ssl_mode(if checked { SslMode::Require } else { SslMode::Disable });
    let store = if checked { trusted(roots.as_deref().map(Path::new))? } else { RootCertStore::empty() };
    Ok(Address { config, tls: Tls::new(store)? })
}

fn unusable(text: String) -> OpenError {
    OpenError::Unreachable(text.into())
}

/// Percent-decodes a value of a query.
fn decoded(value: &str) -> Result<String, OpenError> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next(), rest.next()];
        let code = match digits {
            [Some(high), Some(low)] => std::str::from_utf8(&[high, low]).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok()),
            _ => None,
        };
        bytes.push(code.ok_or_else(|| unusable("sslrootcert: a percent sign is followed by two digits".into()))?);
    }
    String::from_utf8(bytes).map_err(|_| unusable("sslrootcert is no UTF-8".into()))
}

/// Authorities that are trusted: those of a PEM file, or the public ones that come with the program.
fn trusted(file: Option<&Path>) -> Result<RootCertStore, OpenError> {
    let Some(file) = file else {
        return Ok(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect());
    };
    let shown = file.display();
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|e| unusable(format!("sslrootcert {shown}: {e}")))? {
        let certificate = certificate.map_err(|e| unusable(format!("sslrootcert {shown}: {e}")))?;
        store.add(certificate).map_err(|e| unusable(format!("sslrootcert {shown}: {e}")))?;
    }
    if store.is_empty() {
        return Err(unusable(format!("sslrootcert {shown} holds no certificate")));
    }
    Ok(store)
}

/// Makes a TLS connection of each connection to the database.
#[derive(Clone)]
pub(super) struct Tls(Arc<ClientConfig>);

impl Tls {
    fn new(roots: RootCertStore) -> Result<Self, OpenError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let versions = versions.map_err(|e| unusable(format!("TLS: {e}")))?;
        Ok(Self(Arc::new(versions.with_root_certificates(roots).with_no_client_auth())))
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Encrypted;
    type TlsConnect = Handshake;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Handshake> {
        Ok(Handshake { config: Arc::clone(&self.0), host: host.to_owned() })
    }
}

/// A handshake to be made with a named server.
pub(super) struct Handshake {
    config: Arc<ClientConfig>,
    host: String,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Encrypted;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted>> + Send>>;

    fn connect(self, stream: Socket) -> Self::Future {
        Box::pin(async move {
            let name = ServerName::try_from(self.host).map_err(io::Error::other)?;
            Ok(Encrypted(Box::new(tokio_rustls::TlsConnector::from(self.config).connect(name, stream).await?)))
        })
    }
}

/// An encrypted connection.
pub(super) struct Encrypted(Box<tokio_rustls::client::TlsStream<Socket>>);

impl tokio_postgres::tls::TlsStream for Encrypted {
    // The certificate is checked; SCRAM need not bind to it.
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> Result<SslMode, String> {
        address(url).map(|address| address.config.get_ssl_mode()).map_err(|fault| match fault {
            OpenError::Unreachable(fault) => fault.to_string(),
            other => other.to_string(),
        })
    }

    #[test]
    fn tls_is_either_checked_or_not_there() {
        let at = |query: &str| mode(&format!("postgres://fairway:secret@db.example/fairway{query}"));
        assert_eq!(at(""), Ok(SslMode::Disable));
        assert_eq!(at("?sslmode=disable&connect_timeout=3"), Ok(SslMode::Disable));
        assert_eq!(at("?connect_timeout=3&sslmode=verify-full"), Ok(SslMode::Require));
        assert_eq!(at("?sslmode=require"), Ok(SslMode::Require));
        assert_eq!(mode("host=db.example user=fairway sslmode=require"), Ok(SslMode::Require));
        for unsure in ["prefer", "allow", "verify-ca", ""] {
            assert!(at(&format!("?sslmode={unsure}")).expect_err("refused").contains("verify-full"), "{unsure}");
        }
        assert!(at("?sslrootcert=/tmp/ca.pem").expect_err("refused").contains("no TLS is asked for"));
        assert!(at("?sslmode=require&sslrootcert=/no/such%20file.pem").expect_err("refused").contains("/no/such file.pem"));
        assert!(at("?sslmode=require&sslrootcert=%zz").is_err());
    }
}
