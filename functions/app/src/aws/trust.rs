//! Whom a connection to Amazon trusts. A function that reads all roots of the machine before its first
//! request parses some hundred and forty certificates, or twice as many where they lie in two places; Amazon's
//! services are signed by its own five.

use aws_smithy_http_client::tls::{TlsContext, TrustStore};

/// The roots of Amazon Trust Services, as <https://www.amazontrust.com/repository/> has them. The first
/// expires at the end of 2037.
const ROOTS: &str = include_str!("roots.pem");

/// The variables with which people name roots of their own, such as those of a proxy that looks into
/// connections.
const OWN_ROOTS: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// For Amazon's services; where somebody named roots, for whatever these vouch for, too.
pub(super) fn amazon() -> TlsContext {
    let named = OWN_ROOTS
        .iter()
        .any(|variable| std::env::var_os(variable).is_some());
    let store = TrustStore::empty()
        .with_native_roots(named)
        .with_pem_certificate(ROOTS);
    TlsContext::builder()
        .with_trust_store(store)
        .build()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject as _;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_roots_are_those_that_amazon_names() {
        let roots: Vec<String> = CertificateDer::pem_slice_iter(ROOTS.as_bytes())
            .map(|root| {
                let root = root.unwrap();
                assert!(webpki::anchor_from_trusted_cert(&root).is_ok());
                let hash = Sha256::digest(&root);
                hash.iter().map(|byte| format!("{byte:02x}")).collect()
            })
            .collect();
        assert_eq!(
            roots,
            [
                "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
                "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
                "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
                "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
                "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
            ]
        );
    }
}
