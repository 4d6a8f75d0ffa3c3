//! The network that a request comes from, for limits only. What is kept is a keyed hash.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use crate::config::ClientAddress;
use crate::state::App;

/// A keyed hash of an IPv4 address or an IPv6 /64, which is what one household or machine has.
#[derive(Debug, Clone)]
pub(crate) struct Network(pub(crate) String);

impl FromRequestParts<App> for Network {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let address = match &app.config.client_address {
            ClientAddress::Header(name) => parts
                .headers
                .get(name.as_str())
                .and_then(|value| value.to_str().ok())
                .and_then(parse),
            ClientAddress::Peer => parts
                .extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map(|peer| peer.0.ip()),
        };
        // Whoever cannot be told apart shares one limit.
        let network = address.map_or_else(|| "unknown".to_owned(), name);
        Ok(Self(app.keys.hash("network", &network)))
    }
}

/// `192.0.2.7`, `192.0.2.7:443`, `2001:db8::1`, and `2001:db8::1:443` as `CloudFront` writes it,
/// with the port last and no brackets.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    let without_port = text.rsplit_once(':').map(|(host, _)| host);
    without_port
        .filter(|host| host.contains('.') || host.contains(':'))
        .and_then(|host| host.trim_matches(['[', ']']).parse().ok())
        .or_else(|| text.parse().ok())
}

fn name(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[8..].fill(0);
            format!("{}/64", Ipv6Addr::from(octets))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Option<String> {
        parse(text).map(name)
    }

    #[test]
    fn an_ipv6_network_is_its_first_64_bits() {
        assert_eq!(
            network("2001:db8:1:2:3:4:5:6:443"),
            network("2001:db8:1:2:ffff::1:50000")
        );
        assert_ne!(
            network("2001:db8:1:2::1:443"),
            network("2001:db8:1:3::1:443")
        );
    }

    #[test]
    fn an_ipv4_address_is_itself_with_or_without_port_or_mapping() {
        assert_eq!(network("192.0.2.7:443").as_deref(), Some("192.0.2.7"));
        assert_eq!(network("192.0.2.7").as_deref(), Some("192.0.2.7"));
        assert_eq!(
            network("[::ffff:192.0.2.7]:443").as_deref(),
            Some("192.0.2.7")
        );
        assert_eq!(network("nonsense"), None);
    }
}
