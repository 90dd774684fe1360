//! Hands what libav logs to a Rust function.
//!
//! libav tells its log to a C callback, which is all that needs unsafe code; it is kept here, so that the program can
//! forbid it. Lines are neither filtered beyond their level nor cleaned: they contain what senders wrote, URLs included.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering};

use ffmpeg_next::ffi;

/// Longest line in bytes, its end included; libav cuts what is longer.
const LINE_BYTES: u16 = 1_024;

/// How the C compiler of the target passes a `va_list` on: as a pointer where it is an array, by itself elsewhere.
#[cfg(target_arch = "x86_64")]
type VaList = *mut ffi::__va_list_tag;
#[cfg(not(target_arch = "x86_64"))]
type VaList = ffi::va_list;

/// How grave a line is, after libavutil/log.h.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum Level {
    /// Something went wrong, and what was at work lost something by it; libav's fatal errors and panics too.
    Error = ffi::AV_LOG_ERROR,
    /// It does not look right and may lead to something.
    Warning = ffi::AV_LOG_WARNING,
    /// How things are.
    Info = ffi::AV_LOG_INFO,
    /// More of it. What libav says beyond that, for those who debug it, contains requests with all of their headers.
    Verbose = ffi::AV_LOG_VERBOSE,
}

/// Takes one line without its end. It is called on whichever thread libav was called on, from the midst of libav: it
/// must not call libav itself. A panic in it is contained.
pub type Sink = fn(Level, &str);

static SINK: OnceLock<Sink> = OnceLock::new();
static LEAST: AtomicI32 = AtomicI32::new(ffi::AV_LOG_QUIET);

/// Sends every line that is as grave as `least` to `sink`, and nothing to stderr any more. `None` silences libav. The
/// first sink stays for as long as the process runs; the level can be set again.
pub fn install(least: Option<Level>, sink: Sink) {
    SINK.get_or_init(|| sink);
    let least = least.map_or(ffi::AV_LOG_QUIET, |level| level as c_int);
    LEAST.store(least, Ordering::Relaxed);
    // SAFETY: both set a variable of libavutil that is made to be set at any time; the callback is a function that
    // lives as long as the process and may be called from any thread, as libavutil/log.h asks for.
    unsafe {
        ffi::av_log_set_level(least);
        ffi::av_log_set_callback(Some(line));
    }
}

/// What libav calls for every line, also for those that nobody wants.
///
/// # Safety
/// As `av_log_set_callback` promises: `context` is null or begins with a pointer to an `AVClass`, and `format` with
/// `arguments` is as for `vprintf`.
unsafe extern "C" fn line(
    context: *mut c_void,
    level: c_int,
    format: *const c_char,
    arguments: VaList,
) {
    // The upper bits are a hint for colours (AV_LOG_C).
    let level = level & 0xff;
    if level > LEAST.load(Ordering::Relaxed) {
        return;
    }
    let Some(sink) = SINK.get() else { return };
    let mut buffer = [0_u8; LINE_BYTES as usize];
    let mut prefix: c_int = 1;
    // SAFETY: the first four are passed on as they came, once; the buffer is as long as is said, and libav ends what
    // it writes into it with a NUL.
    let written = unsafe {
        ffi::av_log_format_line2(
            context,
            level,
            format,
            arguments,
            buffer.as_mut_ptr().cast(),
            c_int::from(LINE_BYTES),
            &raw mut prefix,
        )
    };
    if written <= 0 {
        return;
    }
    let Ok(text) = CStr::from_bytes_until_nul(&buffer) else {
        return;
    };
    let text = text.to_string_lossy();
    // A panic must not cross into C.
    let _ = catch_unwind(|| sink(Level::of(level), text.trim_end()));
}

impl Level {
    fn of(level: c_int) -> Self {
        let known = [Self::Error, Self::Warning, Self::Info];
        let grave = known.into_iter().find(|&known| level <= known as c_int);
        grave.unwrap_or(Self::Verbose)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    static LINES: Mutex<Vec<(Level, String)>> = Mutex::new(Vec::new());

    fn keep(level: Level, line: &str) {
        LINES.lock().unwrap().push((level, line.to_owned()));
        assert_ne!(level, Level::Error, "contained");
    }

    /// Logs through libav itself, with arguments of several kinds.
    fn say(level: c_int, text: &CStr, number: c_int) {
        // SAFETY: the arguments are those that the format asks for.
        unsafe {
            ffi::av_log(
                std::ptr::null_mut(),
                level,
                c"%s %d %.1f\n".as_ptr(),
                text.as_ptr(),
                number,
                2.5_f64,
            );
        }
    }

    #[test]
    fn lines_come_with_their_arguments_as_far_as_they_are_wanted() {
        install(Some(Level::Warning), keep);
        say(ffi::AV_LOG_INFO, c"too little", 1);
        say(ffi::AV_LOG_WARNING, c"a\xff", 2);
        // With a colour in its upper bits.
        say(ffi::AV_LOG_FATAL | 0x1100, c"worse", 3);
        install(Some(Level::Info), keep);
        say(ffi::AV_LOG_INFO, c"now", 4);
        let long = std::ffi::CString::new("x".repeat(5_000)).unwrap();
        say(ffi::AV_LOG_INFO, &long, 5);
        install(None, keep);
        say(ffi::AV_LOG_FATAL, c"never", 6);

        let lines = LINES
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let cut = "x".repeat(usize::from(LINE_BYTES) - 1);
        let expected = [
            (Level::Warning, "a\u{fffd} 2 2.5"),
            (Level::Error, "worse 3 2.5"),
            (Level::Info, "now 4 2.5"),
            (Level::Info, &cut),
        ];
        let lines: Vec<_> = lines
            .iter()
            .map(|(level, line)| (*level, line.as_str()))
            .collect();
        assert_eq!(lines, expected);
    }
}
