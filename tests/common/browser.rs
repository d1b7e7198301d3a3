//! A real browser without a screen, spoken to over its `DevTools` protocol through a pipe: no port is opened, and it ends
//! with the pipe.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::skip;

/// The names under which Chromium is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser on a busy machine takes its time.
const PATIENCE: Duration = Duration::from_secs(120);

/// Keys that are pressed: name, code, number, and the text that they type.
pub const TAB: (&str, u32, &str) = ("Tab", 9, "");
/// Enter, as it is pressed on a button.
pub const ENTER: (&str, u32, &str) = ("Enter", 13, "\r");

/// A browser with one tab.
pub struct Browser {
    child: Child,
    pipe: ChildStdin,
    answers: Receiver<Value>,
    events: VecDeque<Value>,
    session: Option<String>,
    sent: u64,
    _profile: TempDir,
}

impl Browser {
    /// Starts it; `None` where there is none, which the test then says.
    pub fn start(test: &str) -> Option<Self> {
        let found = NAMES.into_iter().find(|name| {
            let asked = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        });
        let Some(name) = found else {
            skip(test, "chromium is not installed");
            return None;
        };
        let profile = TempDir::new().unwrap();
        // It wants the pipe's ends as its third and fourth file.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh", name])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"])
            .args(["--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let pipe = child.stdin.take().unwrap();
        let heard = BufReader::new(child.stdout.take().unwrap());
        let (answer, answers) = mpsc::channel();
        std::thread::spawn(move || {
            for message in heard.split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else { continue };
                if answer.send(message).is_err() {
                    break;
                }
            }
        });
        let mut browser =
            Self { child, pipe, answers, events: VecDeque::new(), session: None, sent: 0, _profile: profile };
        let target = browser.ask("Target.createTarget", &json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.ask("Target.attachToTarget", &json!({"targetId": target, "flatten": true}));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network", "Accessibility"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    /// Asks for something and waits for the answer; events that come before it are kept.
    pub fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.sent += 1;
        let mut asked = json!({"id": self.sent, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            asked["sessionId"] = json!(session);
        }
        let mut bytes = asked.to_string().into_bytes();
        bytes.push(0);
        self.pipe.write_all(&bytes).unwrap();
        loop {
            let message = self.next();
            if message["id"] == self.sent {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push_back(message);
        }
    }

    fn next(&mut self) -> Value {
        self.answers.recv_timeout(PATIENCE).expect("the browser answers")
    }

    /// Opens a page and waits until it is there; how long that took.
    pub fn open(&mut self, page: &Path) -> Duration {
        self.events.clear();
        let begun = Instant::now();
        self.ask("Page.navigate", &json!({"url": format!("file://{}", page.display())}));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.next();
            self.events.push_back(event);
        }
        begun.elapsed()
    }

    /// What an expression comes to.
    pub fn eval(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true});
        let answer = self.ask("Runtime.evaluate", &asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Presses a key.
    pub fn press(&mut self, (key, code, text): (&str, u32, &str)) {
        let event =
            |kind: &str| json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
        self.ask("Input.dispatchKeyEvent", &event("keyDown"));
        self.ask(
            "Input.dispatchKeyEvent",
            &json!({"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}),
        );
    }

    /// What went wrong since the page was opened: errors, violations of the page's policy, exceptions.
    pub fn complaints(&mut self) -> Vec<Value> {
        // Whatever was said before this is answered has been heard.
        self.eval("0");
        let wrong = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled") => true,
            Some("Log.entryAdded") => event["params"]["entry"]["level"] != "info",
            _ => false,
        };
        self.events.iter().filter(wrong).cloned().collect()
    }

    /// The addresses that were asked for since the page was opened.
    pub fn requests(&self) -> Vec<String> {
        let asked = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        asked.filter_map(|event| Some(event["params"]["request"]["url"].as_str()?.to_owned())).collect()
    }

    /// Sets the size of the window, and whether it is dark.
    pub fn look(&mut self, width: u32, height: u32, dark: bool) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.ask("Emulation.setDeviceMetricsOverride", &metrics);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.ask("Emulation.setEmulatedMedia", &json!({"features": features}));
    }

    /// Photographs the page, all of it or so much of its height, at this scale.
    pub fn photograph(&mut self, file: &Path, height: Option<f64>, scale: f64) {
        let size = self.eval("[document.documentElement.clientWidth, document.documentElement.scrollHeight]");
        let height = height.map_or_else(|| size[1].clone(), |height| json!(height));
        let clip = json!({"x": 0, "y": 0, "width": size[0], "height": height, "scale": scale});
        let asked = json!({"format": "png", "clip": clip, "captureBeyondViewport": true});
        let taken = self.ask("Page.captureScreenshot", &asked);
        let bytes = base64::engine::general_purpose::STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
