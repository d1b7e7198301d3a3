//! Prometheus metrics of the monitor (`OpenMetrics` 1.0 over HTTP), only on the address that the user gives.
//!
//! Connections, request sizes and times are limited, and there is only this one page.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;

use crate::core::escape;
use crate::core::protocol::monitor::alert_state::{Alert, Measurement};
use crate::core::protocol::monitor::latency_class::{LatencyClass, ProbeResult};

const PAGE: &str = "/metrics";

/// What it is (`OpenMetrics` 1.0, section "Protocol Negotiation").
const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Connections at the same time; more wait in the kernel.
const MAX_CONNECTIONS: usize = 8;

/// Bytes of a request, the least that hyper allows.
const MAX_REQUEST_LEN: usize = 8192;

/// A connection takes no longer, whatever it does.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);

/// Upper ends of the round-trip times' classes, seconds: from a local network's to a timeout's.
const RTT_SECONDS: [f64; 14] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TargetLabel {
    target: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TargetClassLabels {
    target: String,
    class: &'static str,
}

pub struct MetricsRegistry {
    registry: Registry,
    probes: Family<TargetLabel, Counter>,
    losses: Family<TargetLabel, Counter>,
    unmeasured: Family<TargetLabel, Counter>,
    rtt: Family<TargetLabel, Histogram, fn() -> Histogram>,
    class: Family<TargetClassLabels, Gauge>,
    alerts: Family<TargetClassLabels, Counter>,
}

impl fmt::Debug for MetricsRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}

impl Default for MetricsRegistry {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("medidor");
        let (probes, losses, unmeasured) = (Family::default(), Family::default(), Family::default());
        let rtt = Family::new_with_constructor((|| Histogram::new(RTT_SECONDS)) as fn() -> Histogram);
        let (class, alerts) = (Family::default(), Family::default());
        registry.register("probes", "Probes that were measured", probes.clone());
        registry.register("losses", "Probes without a reply in time", losses.clone());
        registry.register("unmeasured", "Rounds in which nothing could be measured", unmeasured.clone());
        registry.register_with_unit("rtt", "Round-trip times", Unit::Seconds, rtt.clone());
        registry.register("class", "1 for the class of the latest probe, 0 for the others", class.clone());
        registry.register("alerts", "Alerts, by the worst class that they name", alerts.clone());
        Self { registry, probes, losses, unmeasured, rtt, class, alerts }
    }
}

impl MetricsRegistry {
    /// Notes a measurement of a target.
    pub fn note(&self, target: &str, measurement: &Measurement) {
        let of = TargetLabel { target: escape::line(target) };
        match (&measurement.finding, measurement.class) {
            (_, None) => _ = self.unmeasured.get_or_create(&of).inc(),
            (finding, Some(_)) => {
                self.probes.get_or_create(&of).inc();
                // One that lost nothing shows so.
                let losses = self.losses.get_or_create(&of);
                match finding {
                    ProbeResult::Reply { rtt_ns } => self.rtt.get_or_create(&of).observe(*rtt_ns as f64 / 1e9),
                    _ => _ = losses.inc(),
                }
            }
        }
        for class in LatencyClass::ALL {
            let of = TargetClassLabels { target: escape::line(target), class: class.name() };
            self.class.get_or_create(&of).set(i64::from(measurement.class == Some(class)));
        }
    }

    pub fn alert(&self, target: &str, alert: &Alert) {
        self.alerts
            .get_or_create(&TargetClassLabels { target: escape::line(target), class: alert.classes.worst.name() })
            .inc();
    }

    fn page(&self) -> String {
        let mut page = String::new();
        // A string takes whatever is written to it.
        _ = text::encode(&mut page, &self.registry);
        page
    }
}

/// A port that listens and is not served yet.
#[derive(Debug)]
pub struct MetricsListener(TcpListener);

impl MetricsListener {
    /// Listens at an address.
    ///
    /// # Errors
    /// Those of `bind()`.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(Self(listener))
    }

    /// Where it listens, with the port that it got.
    ///
    /// # Errors
    /// Those of `getsockname()`.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Serves the page on a thread of its own, to the end of the program.
    ///
    /// # Errors
    /// The system has no thread or no descriptor left.
    pub fn serve(self, registry: Arc<MetricsRegistry>) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let serve = move || {
            runtime.block_on(async {
                if let Ok(listener) = tokio::net::TcpListener::from_std(self.0) {
                    offer(listener, registry).await;
                }
            });
        };
        thread::Builder::new().name("metrics".to_owned()).spawn(serve).map(drop)
    }
}

async fn offer(listener: tokio::net::TcpListener, board: Arc<MetricsRegistry>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // No descriptor left, as a rule: it may be given back.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let registry = Arc::clone(&board);
        tokio::spawn(async move {
            serve_connection(stream, &registry).await;
            drop(place);
        });
    }
}

/// Serves one request. An invalid or slow one is dropped silently.
pub async fn serve_connection(stream: impl AsyncRead + AsyncWrite + Unpin, registry: &MetricsRegistry) {
    let answer = service_fn(|request: Request<Incoming>| {
        let response = answer(&request, registry);
        async { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(CONNECTION_TIMEOUT)
        .max_buf_size(MAX_REQUEST_LEN)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer);
    _ = tokio::time::timeout(CONNECTION_TIMEOUT, connection).await;
}

fn answer(request: &Request<Incoming>, registry: &MetricsRegistry) -> Response<String> {
    let (status, body) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, PAGE) => (StatusCode::OK, registry.page()),
        (_, PAGE) => (StatusCode::METHOD_NOT_ALLOWED, String::new()),
        _ => (StatusCode::NOT_FOUND, String::new()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
    response
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;
    use crate::core::time::Wall;

    fn board() -> Arc<MetricsRegistry> {
        let board = MetricsRegistry::default();
        let note = |finding: ProbeResult, class| {
            board.note("casa \"1\"\n\u{1b}", &Measurement { number: 1, at: Wall(0), finding, class });
        };
        note(ProbeResult::Reply { rtt_ns: 42_000_000 }, Some(LatencyClass::Normal));
        note(ProbeResult::Silence, Some(LatencyClass::Down));
        note(ProbeResult::Unsent { error: String::new() }, None);
        let page = board.page();
        let classes: Vec<&str> = page.lines().filter(|line| line.starts_with("medidor_class{")).collect();
        assert!(classes.len() == 4 && classes.iter().all(|line| line.ends_with(" 0")), "none is known: {classes:?}");
        note(ProbeResult::Silence, Some(LatencyClass::Down));
        Arc::new(board)
    }

    fn asked(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut page = String::new();
        _ = stream.read_to_string(&mut page);
        page
    }

    #[test]
    fn the_page_has_the_figures_and_there_is_nothing_else() {
        let door = MetricsListener::open("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = door.address().unwrap();
        door.serve(board()).unwrap();
        let page = asked(address, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains(FORM), "{page}");
        for line in [
            r#"medidor_probes_total{target="casa \"1\" ?"} 3"#,
            r#"medidor_losses_total{target="casa \"1\" ?"} 2"#,
            r#"medidor_unmeasured_total{target="casa \"1\" ?"} 1"#,
            r#"medidor_rtt_seconds_bucket{le="0.05",target="casa \"1\" ?"} 1"#,
            r#"medidor_rtt_seconds_bucket{le="0.02",target="casa \"1\" ?"} 0"#,
            r#"medidor_class{target="casa \"1\" ?",class="down"} 1"#,
            r#"medidor_class{target="casa \"1\" ?",class="normal"} 0"#,
            "# EOF",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
        assert!(asked(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404 "));
        assert!(asked(address, "POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 405 "));
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000));
        let refused = asked(address, &long);
        assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 4"), "{refused}");
        // Idle connections are closed in the end, and later ones are served.
        let _idle: Vec<TcpStream> = (1..MAX_CONNECTIONS).map(|_| TcpStream::connect(address).unwrap()).collect();
        assert!(asked(address, "GET /metrics HTTP/1.0\r\n\r\n").contains("# EOF"));
    }
}
