//! Whether a WebSocket is opened by our own page.

use axum::http::{HeaderMap, header};

/// Whether the browser's `Origin` is this engine. A client that is no browser sends none, and is
/// let in: what an origin protects from is another site's page in an agent's browser.
pub(super) fn is_ours(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Some(origin) = origin.to_str().ok().and_then(authority) else {
        return false;
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let public = public_url.and_then(authority);
    [host, public].into_iter().flatten().any(|ours| ours.eq_ignore_ascii_case(origin))
}

/// What stands between `://` and the path.
fn authority(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split('/').next().filter(|authority| !authority.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origin: Option<&str>, public_url: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "127.0.0.1:8080".parse().expect("a host"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("an origin"));
        }
        is_ours(&headers, public_url)
    }

    #[test]
    fn only_our_own_page_opens_a_socket() {
        assert!(check(None, None));
        assert!(check(Some("http://127.0.0.1:8080"), None));
        assert!(check(Some("https://Desk.example"), Some("https://desk.example/hatif")));
        assert!(!check(Some("https://elsewhere.example"), None));
        assert!(!check(Some("https://elsewhere.example"), Some("https://desk.example")));
        assert!(!check(Some("null"), None));
        assert!(!check(Some("http://127.0.0.1:9090"), None));
    }
}
