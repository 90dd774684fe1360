//! Logs: for people, on stderr.
//!
//! Nothing secret reaches them: a URL is logged as [`crate::config::Location`] prints it, without
//! its query, its user and the stream key.

use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

/// The environment variable that filters the log, in the syntax of `RUST_LOG`.
const FILTER: &str = "WAYLAY_LOG";

/// Sends the log to stderr (`info` and above unless `WAYLAY_LOG` says otherwise), panics included.
pub fn init() {
    let filter =
        EnvFilter::try_from_env(FILTER).unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init();
    if logging.is_ok() {
        std::panic::set_hook(Box::new(log));
    }
}

/// A panic is contained by whoever started the work and counted there; here it leaves its place. The
/// message stays out of the log above debug level: it may quote what a stranger sent.
fn log(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or_default();
    tracing::debug!(place, message, "panic contained");
}

/// `text` fit for a terminal and for one line of a log: what has an effect and no shape becomes U+FFFD.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if has_shape(c) { c } else { '\u{fffd}' })
        .collect()
}

/// Neither a control character nor one of Unicode's formatting characters that hide or reorder text
/// (UAX #9 section 2, and the zero-width ones).
pub(crate) fn has_shape(c: char) -> bool {
    let formats = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !formats
}
