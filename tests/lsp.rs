//! The language server, as an editor drives it: Neovim without a screen opens a flow with a slip,
//! reads the fault, completes a name, and goes to where it is defined.
#![expect(clippy::disallowed_methods, reason = "this test writes a bundle and starts an editor")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// What the editor does; each line of its answer is one finding.
const SCRIPT: &str = r#"
local function client()
  return vim.lsp.start_client({ name = "hatif", cmd = { vim.env.HATIF, "lsp" }, root_dir = vim.fn.getcwd() })
end
local function say(text) io.stdout:write(text .. "\n") end
vim.cmd("edit flows/main.flow.yaml")
local id = client()
vim.lsp.buf_attach_client(0, id)
vim.wait(10000, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, mark in ipairs(vim.diagnostic.get(0)) do
  say("fault " .. mark.lnum .. ":" .. mark.col .. " " .. mark.code .. " " .. mark.message:gsub("\n", "; "))
end
local function ask(method, line, character)
  local params = { textDocument = vim.lsp.util.make_text_document_params(), position = { line = line, character = character } }
  local answers = vim.lsp.buf_request_sync(0, method, params, 10000)
  return answers and answers[id] and answers[id].result
end
local text = vim.api.nvim_buf_get_lines(0, 0, -1, false)
for number, line in ipairs(text) do
  local at = line:find("godbye", 1, true)
  if at then
    local labels = {}
    for _, item in ipairs(ask("textDocument/completion", number - 1, at - 1)) do table.insert(labels, item.label) end
    say("prompts " .. table.concat(labels, " "))
    vim.api.nvim_buf_set_text(0, number - 1, at - 1, number - 1, at + 5, { "goodbye" })
    vim.wait(10000, function() return #vim.diagnostic.get(0) == 0 end, 50)
    say("faults left " .. #vim.diagnostic.get(0))
    local place = ask("textDocument/definition", number - 1, at + 1)
    say("defined " .. vim.fn.fnamemodify(vim.uri_to_fname(place.uri), ":t") .. " " .. place.range.start.line)
    local hover = ask("textDocument/hover", number - 1, at + 1)
    say("hover " .. hover.contents.value:gsub("\n+", " | "))
  end
end
vim.cmd("qall!")
"#;

#[test]
fn an_editor_shows_faults_completes_names_and_leads_to_them() {
    let folder = std::env::temp_dir().join(format!("hatif-lsp-{}", std::process::id()));
    let clinic = Path::new(env!("CARGO_MANIFEST_DIR")).join("ivr-flows/examples/clinic");
    copy(&clinic, &folder);
    let flow = folder.join("flows/main.flow.yaml");
    let text = fs::read_to_string(&flow).expect("the clinic has a flow");
    fs::write(&flow, text.replace("prompt: goodbye", "prompt: godbye"))
        .expect("a folder for tests");
    let script = folder.join("editor.lua");
    fs::write(&script, SCRIPT).expect("a folder for tests");
    let editor = Command::new("nvim")
        .args(["--headless", "--clean", "-c", "luafile editor.lua"])
        .env("HATIF", env!("CARGO_BIN_EXE_hatif"))
        .current_dir(&folder)
        .output()
        .expect("neovim is there: `make test` installs it");
    let found = String::from_utf8_lossy(&editor.stdout).into_owned();
    drop(fs::remove_dir_all(&folder));
    let shown = format!("{found}\n{}", String::from_utf8_lossy(&editor.stderr));
    for wanted in [
        "unknown-prompt wanted a prompt of this bundle; found godbye; nearest is goodbye",
        "prompts hello leave_message goodbye",
        "faults left 0",
        "defined all.prompts.yaml 5",
        "hover **prompt** `goodbye` | ar: مع السلامة. | en: Goodbye.",
    ] {
        assert!(found.contains(wanted), "wanted {wanted}\nin {shown}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder for tests");
    for item in fs::read_dir(from).expect("the clinic is there") {
        let item = item.expect("an entry").path();
        let name = item.file_name().expect("an entry has a name");
        if item.is_dir() {
            copy(&item, &to.join(name));
        } else {
            fs::copy(&item, to.join(name)).expect("a folder for tests");
        }
    }
}
