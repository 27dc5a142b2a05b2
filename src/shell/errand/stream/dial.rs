//! The way to a program: whom the guard admits, by an address that the guard has seen.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use url::{Host, Url};

use crate::base::limit::{HTTP_URL_MAX, STREAM_MESSAGE_BYTES_MAX};
use crate::shell::errand::client::NAME;
use crate::shell::errand::guard::{Guard, Refusal};
use crate::shell::errand::http;
use crate::shell::errand::resolver::addresses;

/// Bytes of a connection, encrypted or not.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A connection to a program.
pub(super) type Socket = WebSocketStream<Box<dyn Wire>>;

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DialFault {
    /// It is not allowed.
    Refused(String),
    /// It does not come about.
    Connect(String),
}

/// Whom a flow wants, admitted.
#[derive(Debug)]
pub(super) struct Admitted {
    /// Its address, `ws` or `wss`.
    url: Url,
    encryption: Encryption,
    /// As the configuration names it.
    pub(super) target: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    Tls,
    None,
}

/// Fields by which both sides agree on the connection. A subprotocol is the flow's to name.
const OURS: [&str; 4] = [
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-version",
];

/// Judges an address as that of a question over HTTP is judged: `wss` as `https`, `ws` as `http`.
pub(super) fn admit(guard: &Guard, text: &str) -> Result<Admitted, DialFault> {
    let unreadable = || DialFault::Refused("an address that is no plain ws or wss".to_owned());
    if text.len() > HTTP_URL_MAX {
        return Err(DialFault::Refused(format!("more than {HTTP_URL_MAX} characters")));
    }
    let mut url = Url::parse(text).map_err(|_| unreadable())?;
    url.set_fragment(None);
    let (encryption, scheme) = match url.scheme() {
        "ws" => (Encryption::None, "http"),
        "wss" => (Encryption::Tls, "https"),
        _ => return Err(unreadable()),
    };
    let mut asked = url.clone();
    asked.set_scheme(scheme).map_err(|()| unreadable())?;
    let index = guard.admit(&asked).map_err(|refusal| refused(&refusal))?;
    let target = guard.targets().get(index).map(ToString::to_string).unwrap_or_default();
    Ok(Admitted { url, encryption, target })
}

/// Connects: the name's address, TLS, and the WebSocket's own greeting.
pub(super) async fn dial(
    guard: &Guard,
    tls: &TlsConnector,
    admitted: &Admitted,
    headers: &[(Arc<str>, String)],
) -> Result<Socket, DialFault> {
    let request = request(&admitted.url, headers)?;
    let (host, port) = (admitted.url.host(), admitted.url.port_or_known_default());
    let (Some(host), Some(port)) = (host, port) else {
        return Err(refused(&Refusal::Unreadable));
    };
    let (places, name) = match host {
        Host::Domain(name) => {
            let server = ServerName::try_from(name.to_owned()).map_err(|fault| broken(&fault))?;
            (resolve(guard, name, port).await?, server)
        }
        Host::Ipv4(address) => (vec![SocketAddr::new(address.into(), port)], server_at(address)),
        Host::Ipv6(address) => (vec![SocketAddr::new(address.into(), port)], server_at(address)),
    };
    let stream = TcpStream::connect(&*places).await.map_err(|fault| broken(&fault))?;
    stream.set_nodelay(true).map_err(|fault| broken(&fault))?;
    let wire: Box<dyn Wire> = match admitted.encryption {
        Encryption::None => Box::new(stream),
        Encryption::Tls => {
            Box::new(tls.connect(name, stream).await.map_err(|fault| broken(&fault))?)
        }
    };
    let limits = WebSocketConfig::default()
        .max_message_size(Some(STREAM_MESSAGE_BYTES_MAX))
        .max_frame_size(Some(STREAM_MESSAGE_BYTES_MAX));
    match client_async_with_config(request, wire, Some(limits)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => {
            Err(DialFault::Connect(format!("the status {}", answer.status().as_u16())))
        }
        Err(fault) => Err(broken(&fault)),
    }
}

fn server_at(address: impl Into<std::net::IpAddr>) -> ServerName<'static> {
    ServerName::IpAddress(address.into().into())
}

async fn resolve(guard: &Guard, name: &str, port: u16) -> Result<Vec<SocketAddr>, DialFault> {
    addresses(guard, name, port).await.map_err(|fault| match fault.downcast_ref::<Refusal>() {
        Some(refusal) => refused(refusal),
        None => broken(&*fault),
    })
}

fn request(url: &Url, headers: &[(Arc<str>, String)]) -> Result<Request, DialFault> {
    let mut request = url.as_str().into_client_request().map_err(|fault| broken(&fault))?;
    if let Some((name, _)) =
        headers.iter().find(|(name, _)| OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name)))
    {
        let why = format!("the header field `{name}`, which is not a flow's");
        return Err(DialFault::Refused(why));
    }
    let own = http::headers(headers).map_err(|fault| DialFault::Refused(fault.to_string()))?;
    let name = hyper::header::HeaderValue::from_static(NAME);
    request.headers_mut().insert(hyper::header::USER_AGENT, name);
    request.headers_mut().extend(own);
    Ok(request)
}

fn refused(refusal: &Refusal) -> DialFault {
    DialFault::Refused(refusal.to_string())
}

fn broken(fault: &(impl std::fmt::Display + ?Sized)) -> DialFault {
    DialFault::Connect(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        let targets = ["https://bot.example.gov", "http://127.0.0.1:8080"];
        let targets = targets.iter().map(|text| text.parse().expect("a target")).collect();
        Guard::new(targets, Arc::new(|_| false))
    }

    #[test]
    fn a_program_is_admitted_as_the_same_host_is_over_http() {
        for (url, wanted) in [
            ("wss://bot.example.gov/talk?x=1", Some("https://bot.example.gov")),
            ("ws://127.0.0.1:8080/", Some("http://127.0.0.1:8080")),
            ("ws://bot.example.gov/talk", None),
            ("wss://bot.example.gov:8443/talk", None),
            ("wss://user:word@bot.example.gov/talk", None),
            ("https://bot.example.gov/talk", None),
            ("ws://127.0.0.2:8080/", None),
            ("bot", None),
        ] {
            let admitted = admit(&guard(), url).ok().map(|admitted| admitted.target);
            assert_eq!(admitted.as_deref(), wanted, "{url}");
        }
    }

    #[test]
    fn a_flow_may_name_itself_but_not_speak_for_the_connection() {
        let url = Url::parse("wss://bot.example.gov/talk").expect("an address");
        let with = |name: &str| request(&url, &[(name.into(), "x".to_owned())]);
        let good = with("Authorization").expect("a request");
        assert_eq!(good.headers()["authorization"], "x");
        assert_eq!(good.headers()["host"], "bot.example.gov");
        for name in ["Sec-WebSocket-Key", "Host", "Upgrade", "Connection"] {
            assert!(matches!(with(name), Err(DialFault::Refused(_))), "{name}");
        }
    }
}
