//! Other systems, on real sockets: an HTTP server that answers as its paths say, and a mail server.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::engine::{free_port, pause};

/// A certificate for this machine, and its key.
pub(crate) struct Certificate {
    pub(crate) pem: String,
    pub(crate) key_pem: String,
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    pub(crate) fn generate() -> Self {
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        Self {
            pem: made.cert.pem(),
            key_pem: made.signing_key.serialize_pem(),
            certificate: made.cert.der().to_vec(),
            key: made.signing_key.serialize_der(),
        }
    }
}

/// What somebody asked.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("plain letters"))
    }
}

/// An HTTP server, with and without TLS.
pub(crate) struct Elsewhere {
    pub(crate) plain: SocketAddr,
    pub(crate) secure: SocketAddr,
    seen: Log,
    /// It ends with this.
    _runtime: Runtime,
}

type Log = Arc<Mutex<Vec<Seen>>>;

#[derive(Clone)]
struct Site {
    plain: SocketAddr,
    seen: Log,
}

impl Elsewhere {
    pub(crate) fn start(certificate: &Certificate) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let seen = Log::default();
        let (plain, secure) = runtime.block_on(async {
            let bind = || async { TcpListener::bind("127.0.0.1:0").await.expect("a free port") };
            let (plain, secure) = (bind().await, bind().await);
            let addresses = (address(&plain), address(&secure));
            let site = Site { plain: addresses.0, seen: Arc::clone(&seen) };
            let router = Router::new().fallback(answer).with_state(site);
            let acceptor = acceptor(certificate);
            spawn(axum::serve(plain, router.clone()).into_future());
            spawn(serve_tls(secure, acceptor, router));
            addresses
        });
        Self { plain, secure, seen, _runtime: runtime }
    }

    /// What was asked at a path, in order.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.seen.lock().expect("nobody panicked with it");
        seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }
}

pub(crate) fn address(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("it is bound")
}

pub(crate) fn spawn<F: Future<Output: Send> + Send + 'static>(work: F) {
    drop(tokio::spawn(work));
}

pub(crate) fn acceptor(certificate: &Certificate) -> TlsAcceptor {
    let chain = vec![CertificateDer::from(certificate.certificate.clone())];
    let key = PrivatePkcs8KeyDer::from(certificate.key.clone());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider speaks TLS")
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .expect("the key is the certificate's");
    TlsAcceptor::from(Arc::new(config))
}

async fn serve_tls(listener: TcpListener, acceptor: TlsAcceptor, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let Ok(stream) = acceptor.accept(stream).await else { continue };
        let service = TowerToHyperService::new(router.clone());
        let http = hyper::server::conn::http1::Builder::new();
        spawn(http.serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(State(site): State<Site>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a short body");
    let path = head.uri.path().to_owned();
    let times = {
        let mut seen = site.seen.lock().expect("nobody panicked with it");
        seen.push(Seen {
            method: head.method.to_string(),
            path: path.clone(),
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        });
        seen.iter().filter(|seen| seen.path == path).count()
    };
    let good = || ([(header::CONTENT_TYPE, "application/json")], r#"{"state":"open"}"#);
    let led = |to: String| (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
    match path.as_str() {
        "/good" | "/sms" => good().into_response(),
        "/missing" => StatusCode::NOT_FOUND.into_response(),
        "/failing" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "/slow" => {
            tokio::time::sleep(Duration::from_secs(5)).await;
            good().into_response()
        }
        "/flaky" | "/tell" if times % 2 == 1 => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response()
        }
        "/flaky" | "/tell" => good().into_response(),
        "/huge" => {
            let pieces = (0..32).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1 << 16])));
            Body::from_stream(stream::iter(pieces)).into_response()
        }
        "/broken" => Body::from_stream(stream::unfold(0, broken)).into_response(),
        "/words" => "open".into_response(),
        "/away" => led("/good".to_owned()),
        "/inside" => led("http://127.0.0.1:9/secret".to_owned()),
        "/circle" => led("/circle".to_owned()),
        "/down" => led(format!("http://{}/good", site.plain)),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A beginning, and after a while no end.
async fn broken(pieces: u32) -> Option<(std::io::Result<Bytes>, u32)> {
    if pieces == 0 {
        return Some((Ok(Bytes::from("{\"state\":")), 1));
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    Some((Err(std::io::Error::other("gone")), 1))
}

/// A mail server that prints what it is given.
pub(crate) struct Mail {
    child: Child,
    pub(crate) port: u16,
    printed: std::path::PathBuf,
}

impl Mail {
    /// Starts one that takes nothing without STARTTLS.
    pub(crate) fn start(folder: &Path, certificate: &Certificate) -> Self {
        let at = free_port();
        let printed = folder.join("mail");
        let file = std::fs::File::create(&printed).expect("the folder is writable");
        let (pem, key) = (folder.join("mail.pem"), folder.join("mail.key"));
        std::fs::write(&pem, &certificate.pem).expect("the folder is writable");
        std::fs::write(&key, &certificate.key_pem).expect("the folder is writable");
        let child = Command::new("aiosmtpd")
            .args(["-n", "-l", &at.to_string(), "-c", "aiosmtpd.handlers.Debugging", "stdout"])
            .args(["--tlscert".as_ref(), pem.as_os_str(), "--tlskey".as_ref(), key.as_os_str()])
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a file"))
            .stderr(file)
            .spawn()
            .expect("aiosmtpd is installed");
        let mail = Self { child, port: at.port(), printed };
        let start = Instant::now();
        while std::net::TcpStream::connect(at).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "no mail server: {}",
                mail.printed()
            );
            pause(Duration::from_millis(50));
        }
        mail
    }

    /// Everything that came.
    pub(crate) fn printed(&self) -> String {
        std::fs::read_to_string(&self.printed).unwrap_or_default()
    }
}

impl Drop for Mail {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The outcome of one node in each record, by the dialled number.
pub(crate) fn outcomes(records: &[serde_json::Value], node: &str) -> BTreeMap<String, String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let of = |record: &serde_json::Value| {
        let steps = record["path"]["steps"].as_array().expect("a path");
        let step = steps.iter().find(|step| step["node"] == node)?;
        Some((text(&record["to"]), text(&step["outcome"])))
    };
    records.iter().filter_map(of).collect()
}
