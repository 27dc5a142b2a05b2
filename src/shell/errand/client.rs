//! One question over HTTP and its answer: connections, TLS, the guard at each address, the limit
//! of a body. Redirects and further attempts are not its business.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client as Pool};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Semaphore;
use url::Url;

use crate::base::limit::{HTTP_BODY_MAX, HTTP_IDLE, HTTP_IDLE_MAX, HTTP_PER_TARGET_MAX};
use crate::flow::run::HttpFault;
use crate::shell::errand::guard::{Guard, Refusal};
use crate::shell::errand::resolver::Resolver;

/// Who asks, as the other side's log shows it.
pub(super) const NAME: &str = concat!("hatif/", env!("CARGO_PKG_VERSION"));

/// A client with its connections.
#[derive(Debug)]
pub(super) struct Client {
    guard: Arc<Guard>,
    pool: Pool<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    /// How many may be asked at once, for each target of the guard.
    seats: Vec<Semaphore>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) retry_after: Option<Duration>,
    /// Empty for a status that no flow reads the body of.
    pub(super) body: Vec<u8>,
}

impl Client {
    /// A client without connections.
    pub(super) fn new(guard: Arc<Guard>, roots: &Arc<RootCertStore>) -> Self {
        let mut http = HttpConnector::new_with_resolver(Resolver(Arc::clone(&guard)));
        http.enforce_http(false);
        http.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(roots))
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let pool = Pool::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(HTTP_IDLE)
            .pool_max_idle_per_host(HTTP_IDLE_MAX)
            .build(connector);
        let seats = guard.targets().iter().map(|_| Semaphore::new(HTTP_PER_TARGET_MAX)).collect();
        Self { guard, pool, seats }
    }

    /// Who may be asked.
    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Asks once, as soon as the target has a seat free.
    pub(super) async fn ask(&self, question: Question) -> Result<Answer, HttpFault> {
        let target = self.guard.admit(&question.url).map_err(refused)?;
        let seats = self.seats.get(target).expect("each target has seats");
        let _seat = seats.acquire().await.expect("the seats are never taken away");
        let request = request(question)?;
        let response = self.pool.request(request).await.map_err(|fault| broken(&fault))?;
        read(response).await
    }
}

/// The roots that the system trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
pub(in crate::shell) fn roots() -> Arc<RootCertStore> {
    let found = rustls_native_certs::load_native_certs();
    for fault in &found.errors {
        tracing::warn!(%fault, "some of the system's certificates cannot be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    Arc::new(roots)
}

/// How TLS is spoken to others.
pub(in crate::shell) fn tls(roots: &Arc<RootCertStore>) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider speaks TLS 1.2 and 1.3")
        .with_root_certificates(Arc::clone(roots))
        .with_no_client_auth()
}

fn request(question: Question) -> Result<Request<Full<Bytes>>, HttpFault> {
    let unreadable = |_| refused(Refusal::Unreadable);
    let url: hyper::Uri = question.url.as_str().parse().map_err(unreadable)?;
    let mut request = Request::new(Full::default());
    *request.method_mut() = question.method;
    *request.uri_mut() = url;
    let headers = request.headers_mut();
    *headers = question.headers;
    let name = hyper::header::HeaderValue::from_static(NAME);
    headers.entry(USER_AGENT).or_insert(name);
    if let Some(body) = question.body {
        let json = hyper::header::HeaderValue::from_static("application/json");
        headers.entry(CONTENT_TYPE).or_insert(json);
        *request.body_mut() = Full::new(body);
    }
    Ok(request)
}

async fn read(response: Response<Incoming>) -> Result<Answer, HttpFault> {
    let (head, body) = response.into_parts();
    let status = head.status.as_u16();
    let field = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    Ok(Answer {
        status,
        location: field(LOCATION).map(str::to_owned),
        // Its other form, a date, counts as none.
        retry_after: field(RETRY_AFTER)
            .and_then(|value| value.trim().parse().ok())
            .map(Duration::from_secs),
        body: if head.status.is_success() { whole(body).await? } else { Vec::new() },
    })
}

/// The body, as long as it is within its limit.
async fn whole(mut body: Incoming) -> Result<Vec<u8>, HttpFault> {
    let too_long = || HttpFault::Body(format!("more than {HTTP_BODY_MAX} bytes"));
    let told = body.size_hint().lower();
    if usize::try_from(told).map_or(true, |told| told > HTTP_BODY_MAX) {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|fault| HttpFault::Body(format!("its end, {fault}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > HTTP_BODY_MAX {
            return Err(too_long());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

pub(super) fn refused(refusal: Refusal) -> HttpFault {
    HttpFault::Refused(refusal.to_string())
}

/// Why there is no answer: the guard's refusal lies below the client's own words.
fn broken(fault: &legacy::Error) -> HttpFault {
    let mut cause: Option<&(dyn Error + 'static)> = Some(fault);
    let mut last = String::new();
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            return refused(refusal.clone());
        }
        last = error.to_string();
        cause = error.source();
    }
    HttpFault::Connect(last)
}
