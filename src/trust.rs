//! Whom a TLS client trusts: the authorities that Mozilla trusts, as of this build, so that it does not depend on what an
//! image has installed; or those of a file, and nobody else.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, crypto};

/// Bytes of the largest file of authorities: all of Mozilla's have a quarter of that.
const LARGEST: u64 = 1 << 20;

/// Why a file names no authority.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It cannot be read.
    #[error("the authorities in {}", .0.display())]
    Io(PathBuf, #[source] std::io::Error),
    /// It is no list of certificates.
    #[error("{}: expected certificates of authorities as PEM, up to 1 MiB", .0.display())]
    Malformed(PathBuf),
}

/// The authorities that Mozilla trusts.
pub fn public() -> RootCertStore {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()
}

/// The authorities whose certificates are in `file` (PEM); without one those that Mozilla trusts.
///
/// # Errors
/// Where it cannot be read, or something in it is no certificate.
pub fn authorities(file: Option<&Path>) -> Result<RootCertStore, TrustError> {
    let Some(path) = file else {
        return Ok(public());
    };
    let failed = |error| TrustError::Io(path.to_owned(), error);
    let malformed = || TrustError::Malformed(path.to_owned());
    let mut pem = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LARGEST + 1)
        .read_to_end(&mut pem)
        .map_err(failed)?;
    if pem.len() as u64 > LARGEST {
        return Err(malformed());
    }
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|_| malformed())?;
        roots.add(certificate).map_err(|_| malformed())?;
    }
    if roots.is_empty() {
        return Err(malformed());
    }
    Ok(roots)
}

/// TLS 1.2 and 1.3 with HTTP/1.1 inside, to servers that `roots` vouch for.
pub fn tls(roots: RootCertStore) -> ClientConfig {
    let provider = Arc::new(crypto::ring::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap_or_else(|error| unreachable!("ring knows them: {error}"))
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    tls
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn authority() -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut authority = rcgen::CertificateParams::new([]).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = authority.self_signed(&key).unwrap();
        let text = STANDARD.encode(certificate.der());
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    }

    #[test]
    fn a_file_names_all_who_are_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            authorities(Some(&file))
        };
        let one = authority();
        assert_eq!(read(&one).unwrap().len(), 1);
        let two = format!("# ours\n{one}\nand\n{}", authority());
        assert_eq!(read(&two).unwrap().len(), 2);
        assert!(authorities(None).unwrap().len() > 50);
        for wrong in [
            String::new(),
            "not a certificate".to_owned(),
            one.replace("MII", "AAA"),
            one[..one.len() / 2].to_owned(),
            format!("{one}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            format!("{one}{}", "\n".repeat(1 << 20)),
        ] {
            let error = read(&wrong).unwrap_err();
            assert!(matches!(error, TrustError::Malformed(_)), "{wrong:.80}");
        }
        let gone = authorities(Some(&folder.path().join("none")));
        assert!(matches!(gone, Err(TrustError::Io(..))));
    }
}
