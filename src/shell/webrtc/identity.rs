//! The certificate by which browsers know this process.

use rtc::crypto::{self, SignatureScheme};
use rtc::peer_connection::certificate::{CertificateParams, RTCCertificate};

use super::fault::WebrtcFault;

/// The DTLS certificate of every leg: self-signed, made once per process, vouched for by the
/// fingerprint in each answer (RFC 8122).
#[derive(Debug)]
pub struct Identity {
    certificate: RTCCertificate,
}

impl Identity {
    /// A new P-256 key and its certificate.
    ///
    /// # Errors
    ///
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, WebrtcFault> {
        let provider = crypto::default_provider().map_err(|error| refused(&error))?;
        let parameters =
            CertificateParams::new(vec!["hatif".to_owned()]).map_err(|error| refused(&error))?;
        let certificate = RTCCertificate::generate(
            provider.crypto(),
            SignatureScheme::EcdsaP256Sha256,
            parameters,
        )
        .map_err(|error| refused(&error))?;
        Ok(Self { certificate })
    }

    pub(super) fn certificate(&self) -> RTCCertificate {
        self.certificate.clone()
    }
}

fn refused(error: &dyn std::error::Error) -> WebrtcFault {
    WebrtcFault::Library { what: "making the certificate", why: error.to_string() }
}
