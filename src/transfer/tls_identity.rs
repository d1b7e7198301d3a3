//! The self-signed certificate of a sender in QUIC mode. The receiver accepts it by its fingerprint.

use std::io;

use quinn::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};

/// The name in the certificate. It proves nothing: the fingerprint does.
pub const NAME: &str = "medidor";

/// A certificate for one transfer, with its key.
#[derive(Debug)]
pub struct TlsIdentity {
    pub certificate: CertificateDer<'static>,
    pub key: PrivatePkcs8KeyDer<'static>,
}

impl TlsIdentity {
    /// Creates a certificate.
    ///
    /// # Errors
    /// The system's error if it has no randomness.
    pub fn make() -> io::Result<Self> {
        let made = rcgen::generate_simple_self_signed(vec![NAME.to_owned()]).map_err(io::Error::other)?;
        Ok(Self { certificate: made.cert.der().clone(), key: made.signing_key.serialize_der().into() })
    }

    /// SHA-256 of the certificate, hexadecimal.
    pub fn fingerprint(&self) -> String {
        fingerprint_of(&self.certificate)
    }
}

impl Clone for TlsIdentity {
    fn clone(&self) -> Self {
        Self { certificate: self.certificate.clone(), key: self.key.clone_key() }
    }
}

pub fn fingerprint_of(certificate: &CertificateDer<'_>) -> String {
    format!("{:x}", Sha256::digest(certificate))
}
