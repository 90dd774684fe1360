//! Bytes → payload → destination → verdict, over a mix of what streams show, every labelled payload of
//! the tests as what it is, code or line of writing, and what is made to take long.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use waylay::payload;

use payloads::{judge, judge_line, labelled, policy};

mod payloads;

fn verdict(c: &mut Criterion) {
    let policy = policy();
    let nested = "https://www.google.com/url?q=https%3A%2F%2Fwa.me%2F15550100";
    let mixed: &[(&str, &[u8])] = &[
        ("pix", b"00020126360014BR.GOV.BCB.PIX0114+551199990000052040000530398654041.505802BR5907Padaria6002SP62080504A0016304F938"),
        ("wechat", b"https://u.wechat.com/EAVY3ybGnYOWXwGHConsOv"),
        ("alipay", b"HTTPS://QR.ALIPAY.COM/FKX0SKYCLO52RTU2J1MWRP"),
        ("upi", b"upi://pay?pa=shop@ybl&pn=Shop&am=10"),
        ("nested", nested.as_bytes()),
        ("on the platform", b"https://example.live/room/1"),
        ("web", b"https://somewhere.example/path?query=1"),
        ("words", "欢迎来到直播间".as_bytes()),
        ("gbk", b"\xbb\xb6\xd3\xad\xc0\xb4\xb5\xbd"),
    ];
    let longest = "9".repeat(payload::LONGEST);
    let mut group = c.benchmark_group("verdict");
    group.throughput(Throughput::Elements(mixed.len() as u64));
    group.bench_function("mixed", |b| {
        b.iter(|| {
            for (_, bytes) in mixed {
                black_box(judge(&policy, bytes));
            }
        });
    });
    group.throughput(Throughput::Elements(1));
    for (name, bytes) in mixed {
        group.bench_function(*name, |b| b.iter(|| judge(&policy, bytes)));
    }
    group.bench_function("longest", |b| b.iter(|| judge(&policy, longest.as_bytes())));
    group.finish();
}

fn cases(c: &mut Criterion) {
    let policy = policy();
    let (lines, codes): (Vec<_>, Vec<_>) = labelled().into_iter().partition(|(_, line)| *line);
    let mut group = c.benchmark_group("cases");
    group.throughput(Throughput::Elements(codes.len() as u64));
    group.bench_function("all", |b| {
        b.iter(|| {
            for (text, _) in &codes {
                black_box(judge(&policy, text.as_bytes()));
            }
        });
    });
    group.finish();

    let mut group = c.benchmark_group("lines");
    group.throughput(Throughput::Elements(lines.len() as u64));
    group.bench_function("all", |b| {
        b.iter(|| {
            for (text, _) in &lines {
                black_box(judge_line(&policy, text));
            }
        });
    });
    group.finish();
}

/// What is made to take long, of 4 KiB each: parts that begin, and repeat.
const HOSTILE: &[(&str, &str, &str)] = &[
    ("digits", "", "9"),
    ("query", "https://a.example/?", "a&"),
    (
        "query of a known app",
        "alipays://platformapi/startapp?",
        "x=1&",
    ),
    ("targets", "https://a.example/?", "u=http://a&"),
    ("path", "https://a.example/", "a/"),
    ("labels", "https://", "t.me."),
    (
        "nested escapes",
        "https://www.google.com/url?q=http%3A",
        "%2525",
    ),
    ("bech32", "lnbc1", "q"),
    ("base58", "T", "z"),
    ("emv", "000201", "2600"),
    ("emv in a link", "https://a.example/#000201", "6200"),
    ("at", "https://", "@"),
    ("vcard", "BEGIN:VCARD\n", "URL:\n"),
    ("mecard", "MECARD:", "TEL:;"),
    ("tel", "tel:", "1-"),
    ("wifi", "WIFI:", "S;"),
    ("unicode", "", "\u{5fae}"),
    ("slashes", "https://", "\u{2215}"),
];

/// The same of lines of writing.
const HOSTILE_LINES: &[&str] = &[
    "@a ",
    "1 1 1",
    "微信",
    "a.b.c.",
    "+86 ",
    "$a ",
    "v x:",
    "加v ",
    "¥AbC12345",
    "a.co.uk.",
    "Q",
    "1380013800O ",
];

fn hostile(c: &mut Criterion) {
    const SIZE: usize = 4096;
    let policy = policy();
    let mut group = c.benchmark_group("hostile");
    group.throughput(Throughput::Bytes(SIZE as u64));
    for (name, begin, part) in HOSTILE {
        let text = format!("{begin}{}", part.repeat((SIZE - begin.len()) / part.len()));
        group.bench_function(*name, |b| b.iter(|| judge(&policy, text.as_bytes())));
        let name = format!("{name}, as a line");
        group.bench_function(name, |b| b.iter(|| judge_line(&policy, &text)));
    }
    for part in HOSTILE_LINES {
        let text = part.repeat(SIZE / part.len());
        group.bench_function(format!("{part:?}"), |b| {
            b.iter(|| judge_line(&policy, &text));
        });
    }
    group.finish();
}

criterion_group!(benches, verdict, cases, hostile);
criterion_main!(benches);
