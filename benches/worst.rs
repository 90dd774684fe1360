//! A search for the payload that takes longest: every labelled payload of the tests, repeated or with one of its own
//! parts or a link repeated after it, up to 4 KiB. Prints those over the bound, the worst first; no statistics.
//!
//! `cargo bench --bench worst [-- TEXT]` looks at those alone that contain `TEXT`.

#![allow(clippy::print_stdout)]
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures the time that passes"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use waylay::policy::Policy;

use payloads::{judge, judge_line, labelled, policy};

mod payloads;

/// Bytes of each input.
const SIZE: usize = 4096;
/// What no payload of that size may take.
const BOUND: Duration = Duration::from_micros(200);
/// How often an input is tried before it counts as slow: another process may have had the core.
const TRIES: u32 = 9;
/// How often those that were slow are tried again.
const ROUNDS: u32 = 5;
/// How many of the slow ones are printed.
const SHOWN: usize = 30;

/// What is put after a payload, over and over, beside its own parts.
const PARTS: &[&str] = &[
    "a",
    "1",
    " ",
    "/",
    "a/",
    "a.",
    ".",
    "%25",
    "%3A%2F%2F",
    "?",
    "#",
    "&",
    "=",
    "a=1&",
    "&url=http://a",
    "&url=http%3A%2F%2Fa.example",
    "url=http://a.example/?",
    "https://",
    "http://a.example/",
    "@a",
    "@",
    ":",
    ";",
    ",",
    "\n",
    "\t",
    "-",
    "_",
    "微",
    "微信",
    "\u{2215}",
    "\u{200b}",
    "а",
    "日本",
    "xn--",
    "1 ",
    "Q ",
    "+86 ",
    "$a ",
    "$ ",
    "* ",
    "￥",
    "@ ",
    "a@b ",
    "qq ",
    "tk= ",
    ":/ ",
    "a:// ",
    "DE12 ",
    "Fim.Com ",
    "{",
    "\"",
    "\\",
];

struct Slow {
    took: Duration,
    line: bool,
    text: String,
}

fn main() {
    // `cargo test` and `cargo nextest` run a bench with `--test`, or ask what tests it has.
    if std::env::args().any(|arg| arg == "--test" || arg == "--list") {
        return;
    }
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let policy = policy();
    let mut tried = 0_u32;
    let mut slow = Vec::new();
    for (seed, line) in labelled() {
        if wanted.as_ref().is_some_and(|wanted| !seed.contains(wanted)) {
            continue;
        }
        for text in grown(&seed) {
            tried += 1;
            let took = shortest(&policy, &text, line);
            if took > BOUND {
                slow.push(Slow { took, line, text });
            }
        }
    }
    // Once more, later: something else may have had the core.
    for _ in 0..ROUNDS {
        for slow in &mut slow {
            slow.took = slow.took.min(shortest(&policy, &slow.text, slow.line));
        }
        slow.retain(|slow| slow.took > BOUND);
    }
    slow.sort_by_key(|slow| std::cmp::Reverse(slow.took));
    let lines = slow.iter().filter(|slow| slow.line).count();
    println!(
        "{tried} inputs of up to {SIZE} bytes; over {BOUND:?}: {} codes and {lines} lines",
        slow.len() - lines,
    );
    for slow in slow.iter().take(SHOWN) {
        let kind = if slow.line { "line" } else { "code" };
        let tail = slow.text.floor_char_boundary(slow.text.len() - 40);
        let head = slow.text.ceil_char_boundary(100);
        println!(
            "{:>9.1?} {kind} {:?} … {:?}",
            slow.took,
            &slow.text[..head],
            &slow.text[tail..]
        );
    }
}

/// `seed` made long in several ways.
fn grown(seed: &str) -> Vec<String> {
    const ENDS: &[char] = &['?', '&', '/', '=', ';', ':', ',', ' ', '\n', '.', '|'];
    let mut all = vec![filled("", seed)];
    let starts = seed.rmatch_indices(ENDS).map(|(at, _)| &seed[at..]);
    all.extend(starts.take(3).map(|part| filled(seed, part)));
    all.extend(PARTS.iter().map(|part| filled(seed, part)));
    all.retain(|text| !text.is_empty());
    all
}

fn filled(begin: &str, part: &str) -> String {
    let left = SIZE.saturating_sub(begin.len());
    format!("{begin}{}", part.repeat(left / part.len().max(1)))
}

fn shortest(policy: &Policy, text: &str, line: bool) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..TRIES {
        let start = Instant::now();
        black_box(if line {
            judge_line(policy, text)
        } else {
            judge(policy, text.as_bytes())
        });
        shortest = shortest.min(start.elapsed());
        if shortest < BOUND {
            break;
        }
    }
    shortest
}
