//! `hatif lsp`: a language server for editors, on standard input and output.
//!
//! It tells every fault while one types, completes names, says what stands behind a name and
//! leads to where it is defined (Language Server Protocol 3.17).

mod desk;
mod names;
mod text;

use std::process::ExitCode;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use serde_json::{Value, json};

use crate::app::lsp::desk::Desk;

/// The exit status when the editor breaks the protocol.
const BROKEN: u8 = 1;

pub(super) fn main() -> ExitCode {
    let (connection, threads) = Connection::stdio();
    let served = serve(&connection);
    drop(connection);
    match served.and_then(|()| threads.join().map_err(anyhow::Error::new)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            crate::app::say_fault(&fault);
            ExitCode::from(BROKEN)
        }
    }
}

fn serve(connection: &Connection) -> anyhow::Result<()> {
    connection.initialize(json!({
        // Whole files: bundles are small, and a whole file is never out of step.
        "textDocumentSync": {"openClose": true, "change": 1, "save": true},
        "completionProvider": {"triggerCharacters": [" ", ":", ".", "\""]},
        "hoverProvider": true,
        "definitionProvider": true,
    }))?;
    let mut desk = Desk::default();
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                if connection.handle_shutdown(&request)? {
                    return Ok(());
                }
                connection.sender.send(answer(&desk, request).into())?;
            }
            Message::Notification(note) => {
                for told in hear(&mut desk, &note) {
                    connection.sender.send(told.into())?;
                }
            }
            // Nothing is asked of the editor.
            Message::Response(_) => {}
        }
    }
    Ok(())
}

fn answer(desk: &Desk, request: Request) -> Response {
    let asked = desk::Asked::read(&request.params);
    let result = match (request.method.as_str(), asked) {
        ("textDocument/completion", Some(asked)) => desk.complete(&asked),
        ("textDocument/hover", Some(asked)) => desk.hover(&asked),
        ("textDocument/definition", Some(asked)) => desk.define(&asked),
        (method, _) => {
            let text = format!("{method} is not answered");
            return Response::new_err(request.id, ErrorCode::MethodNotFound as i32, text);
        }
    };
    Response::new_ok(request.id, result)
}

/// What the editor is told of a change: the faults of every file of its bundle.
fn hear(desk: &mut Desk, note: &Notification) -> Vec<Notification> {
    let document = |field: &str| note.params.pointer(field).and_then(Value::as_str);
    let Some(uri) = document("/textDocument/uri").map(str::to_owned) else { return Vec::new() };
    match note.method.as_str() {
        "textDocument/didOpen" => {
            desk.write(&uri, document("/textDocument/text").unwrap_or_default());
        }
        "textDocument/didChange" => {
            desk.write(&uri, document("/contentChanges/0/text").unwrap_or_default());
        }
        "textDocument/didClose" => desk.close(&uri),
        "textDocument/didSave" => {}
        _ => return Vec::new(),
    }
    let told = desk.examine(&uri).into_iter();
    told.map(|params| Notification::new("textDocument/publishDiagnostics".to_owned(), params))
        .collect()
}
