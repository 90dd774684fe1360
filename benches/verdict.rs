//! Bytes → payload → destination → verdict, over a mix of what streams show.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use waylay::policy::Policy;
use waylay::{destination, payload};

const POLICY: &str = r#"
[platform]
name = "Bench"
domains = ["example.live", "shop.example"]
short_links = ["exl.ink"]
[[rule]]
id = "contact-code"
when = { category = ["contact", "group-invite"] }
severity = "high"
action = "review"
"#;

fn verdict(c: &mut Criterion) {
    let policy = Policy::parse(POLICY).expect("the policy of the benchmark is well formed");
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
    let judge = |bytes: &[u8]| {
        let payload = payload::parse(black_box(bytes));
        policy.judge(&payload, &destination::of(&payload))
    };
    let mut group = c.benchmark_group("verdict");
    group.throughput(Throughput::Elements(mixed.len() as u64));
    group.bench_function("mixed", |b| {
        b.iter(|| {
            for (_, bytes) in mixed {
                black_box(judge(bytes));
            }
        });
    });
    group.throughput(Throughput::Elements(1));
    for (name, bytes) in mixed {
        group.bench_function(*name, |b| b.iter(|| judge(bytes)));
    }
    group.bench_function("longest", |b| b.iter(|| judge(longest.as_bytes())));
    group.finish();
}

criterion_group!(benches, verdict);
criterion_main!(benches);
