//! An engine that runs, asked over its API as a supervisor's page asks it.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::base::limit::{REMOTE_BODY_MAX, REMOTE_PATIENCE};
use crate::shell::errand::{roots, tls};

/// An engine, and as whom it is asked.
#[derive(Debug)]
pub struct Remote {
    address: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    token: Option<String>,
}

/// Why there is no good answer.
#[derive(Debug, thiserror::Error)]
pub enum RemoteFault {
    /// The address is none.
    #[error("wanted the address of an engine such as `http://127.0.0.1:8080`, found `{0}`")]
    Address(String),
    /// Nobody answers there.
    #[error("wanted an engine at {address}, found {why}")]
    Nobody {
        /// Where.
        address: String,
        /// What was there in its place.
        why: String,
    },
    /// The engine says no.
    #[error("{}", .0.detail)]
    Refused(Refusal),
}

/// What the engine says when it says no: a problem (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// Why.
    pub detail: String,
    /// What is wrong with a bundle, each with its place.
    pub faults: Vec<Value>,
}

impl Remote {
    /// An engine at an address such as `http://127.0.0.1:8080`; a path in it is a proxy's prefix.
    ///
    /// # Errors
    ///
    /// When that is no address.
    pub fn new(address: &str) -> Result<Self, RemoteFault> {
        let address = address.trim_end_matches('/').to_owned();
        let uri: Option<Uri> = address.parse().ok();
        let is_web = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
        if !uri.is_some_and(|uri| is_web(&uri) && uri.host().is_some()) {
            return Err(RemoteFault::Address(address));
        }
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(&roots()))
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { address, client, token: None })
    }

    /// Asks with a token that a log-in gave.
    #[must_use]
    pub fn with_token(self, token: String) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Logs somebody in.
    ///
    /// # Errors
    ///
    /// Why not.
    pub async fn log_in(self, agent: &str, password: &str) -> Result<Self, RemoteFault> {
        let body = json!({"agent": agent, "password": password});
        let answer = self.post("/api/v1/login", &body).await?;
        let token = answer.get("token").and_then(Value::as_str).map(str::to_owned);
        let token = token.ok_or_else(|| self.nobody("an answer without a token"))?;
        Ok(self.with_token(token))
    }

    /// Ends the token.
    pub async fn log_out(self) {
        // That it could not be told is no hindrance: a token ends by itself.
        drop(self.post("/api/v1/logout", &Value::Null).await);
    }

    /// Reads something.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub async fn get(&self, path: &str) -> Result<Value, RemoteFault> {
        self.ask(Method::GET, path, None).await
    }

    /// Gives an order.
    ///
    /// # Errors
    ///
    /// Why it was not carried out, or that it is not known whether it was.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, RemoteFault> {
        self.ask(Method::POST, path, Some(body)).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, RemoteFault> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .header(CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let request = request.body(Full::new(body));
        let request = request.map_err(|_| RemoteFault::Address(self.address.clone()))?;
        let asked = tokio::time::timeout(REMOTE_PATIENCE, self.answer(request)).await;
        let (status, bytes) = asked.map_err(|_| self.nobody(&late(REMOTE_PATIENCE)))??;
        // An order that has nothing to tell is answered by nothing.
        let told = match bytes.is_empty() {
            true => Ok(Value::Null),
            false => serde_json::from_slice(&bytes),
        };
        let told = told.map_err(|_| self.nobody(&format!("a page of status {status}")))?;
        if (200..300).contains(&status) { Ok(told) } else { Err(refused(status, &told)) }
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<(u16, Bytes), RemoteFault> {
        let answer = self.client.request(request).await;
        let (head, body) = answer.map_err(|why| self.nobody(&root(&why)))?.into_parts();
        let body = Limited::new(body, REMOTE_BODY_MAX).collect().await;
        let body = body.map_err(|why| self.nobody(&why.to_string()))?;
        Ok((head.status.as_u16(), body.to_bytes()))
    }

    fn nobody(&self, why: &str) -> RemoteFault {
        RemoteFault::Nobody { address: self.address.clone(), why: why.to_owned() }
    }
}

fn refused(status: u16, told: &Value) -> RemoteFault {
    let detail = told.get("detail").and_then(Value::as_str);
    let detail = detail.map_or_else(|| format!("the engine answers {status}"), str::to_owned);
    let faults = told.get("faults").and_then(Value::as_array).cloned().unwrap_or_default();
    RemoteFault::Refused(Refusal { status, detail, faults })
}

fn late(patience: Duration) -> String {
    format!("no answer within {} s", patience.as_secs())
}

/// The lowest cause: what the system says.
fn root(fault: &dyn std::error::Error) -> String {
    let mut lowest = fault;
    while let Some(source) = lowest.source() {
        lowest = source;
    }
    lowest.to_string()
}
