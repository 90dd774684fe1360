//! What one look at a frame costs, as `watch` does it, and each stage of it: the least of several rounds that take turns.
//!
//! `cargo bench --bench frames` draws its own frames. `WAYLAY_FRAMES` names a folder with others, as PGM files:
//! `ffmpeg -i clip.mp4 -vf fps=1 -pix_fmt gray frames/%d.pgm`.

#![allow(clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};

use rustix::time::{ClockId, clock_gettime};

use pictures::{Picture, hostile, scenes};
use waylay::detect::{Budget, Reach, Readers, Scan, scan, stages};
use waylay::frame::Luma;

mod pictures;

/// Width and height in px.
const SIZES: [(usize, usize); 3] = [(1280, 720), (1920, 1080), (3840, 2160)];
/// How often each work is done on each picture.
const ROUNDS: u32 = 15;
/// What `watch` gives a frame unless it is told otherwise.
const TIME_MS: f64 = 200.0;

/// Looks at the picture with sharper edges, which most are, and as it is.
const SHARP: u64 = 0;
const PLAIN: u64 = 3;

/// A name, and what is done to a frame.
type Work<'a> = (&'a str, &'a dyn Fn(&Luma<'_>) -> usize);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` and `cargo nextest` run a bench with `--test`, or ask what tests it has.
    if arguments.iter().any(|a| a == "--test" || a == "--list") {
        return;
    }
    let wanted = |name: &str| {
        let mut names = arguments.iter().filter(|a| !a.starts_with('-')).peekable();
        names.peek().is_none() || names.any(|n| n == name)
    };
    if wanted("scenes") {
        for size in &SIZES[..2] {
            by_stage(&format!("{}p, drawn", size.1), &scenes(*size));
        }
        if let Some(folder) = std::env::var_os("WAYLAY_FRAMES") {
            by_stage("WAYLAY_FRAMES", &read(Path::new(&folder)));
        }
    }
    if wanted("hostile") {
        for size in SIZES {
            worst(&hostile(size));
        }
    }
}

/// What video costs: the readers as `watch` has them, the time never being over.
fn by_stage(name: &str, pictures: &[Picture]) {
    let count = |luma: &Luma<'_>, readers, turn| look(luma, readers, turn, &|| false).symbols.len();
    let both = |luma: &Luma<'_>| count(luma, Readers::default(), SHARP);
    let plain = |luma: &Luma<'_>| count(luma, Readers::default(), PLAIN);
    let own = |luma: &Luma<'_>| count(luma, Readers::RQRR, SHARP);
    let works: [Work<'_>; 8] = [
        ("all", &both),
        ("as it is", &plain),
        ("own finder", &own),
        ("sharper", &stages::sharper),
        ("ink", &stages::ink),
        ("+ finders", &stages::finders),
        ("textures", &stages::textures),
        ("half size", &stages::half),
    ];
    println!("\n{name}: CPU ms a frame, {} frames", pictures.len());
    println!(
        "{:32}{}",
        "",
        works.map(|(name, _)| format!("{name:>12}")).concat()
    );
    let mut sums = [0.0; 8];
    for picture in pictures {
        let luma = luma(picture);
        let mut least = [f64::INFINITY; 8];
        for _ in 0..ROUNDS {
            for (least, (_, work)) in least.iter_mut().zip(works) {
                let start = cpu_ms();
                std::hint::black_box(work(std::hint::black_box(&luma)));
                *least = least.min(cpu_ms() - start);
            }
        }
        let note = both(&luma);
        let note = if note > 0 {
            format!("   {note} found")
        } else {
            String::new()
        };
        println!(
            "{:32}{}{note}",
            picture.name,
            least.map(|ms| format!("{ms:12.2}")).concat()
        );
        for (sum, ms) in sums.iter_mut().zip(least) {
            *sum += ms / pictures.len() as f64;
        }
    }
    println!(
        "{:32}{}",
        "mean",
        sums.map(|ms| format!("{ms:12.2}")).concat()
    );
}

/// What this thread has cost so far, in ms: what else runs on the machine is not in it.
fn cpu_ms() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}

/// What the worst costs: with a clock as in live video, which here goes by the time of this thread, and without one as in a file.
fn worst(pictures: &[Picture]) {
    println!("\n{}p, hostile: CPU ms a frame", pictures[0].height);
    println!(
        "{:40}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "", "", "live", "late by", "skipped", "no clock", "read"
    );
    let mut most = [0.0f64; 3];
    for picture in pictures {
        let luma = luma(picture);
        for (name, turn) in [("sharper", SHARP), ("as it is", PLAIN)] {
            let start = cpu_ms();
            let scan = look(&luma, Readers::default(), turn, &|| {
                cpu_ms() - start > TIME_MS
            });
            let (live, skipped) = (cpu_ms() - start, scan.skipped);
            let start = cpu_ms();
            let scan = look(&luma, Readers::default(), turn, &|| false);
            let whole = cpu_ms() - start;
            let read = scan.symbols.iter().filter(|s| s.bytes.is_some()).count();
            let late = (live - TIME_MS).max(0.0);
            println!(
                "{:40}{name:>10}{live:10.1}{late:10.1}{skipped:10}{whole:10.1}{read:10}",
                picture.name
            );
            for (most, ms) in most.iter_mut().zip([live, late, whole]) {
                *most = most.max(ms);
            }
        }
    }
    let [live, late, whole] = most;
    println!("{:50}{live:10.1}{late:10.1}{:10}{whole:10.1}", "worst", "");
}

fn look(luma: &Luma<'_>, readers: Readers, turn: u64, expired: &dyn Fn() -> bool) -> Scan {
    let budget = Budget {
        candidates: Budget::DEFAULT_CANDIDATES,
        expired,
        reach: Reach::Part(turn),
    };
    scan(luma, readers, &budget)
}

fn luma(picture: &Picture) -> Luma<'_> {
    Luma::new(picture.width, picture.height, picture.width, &picture.bytes).expect("it is whole")
}

/// The PGM files of a folder, in the order of their names.
fn read(folder: &Path) -> Vec<Picture> {
    let files = fs::read_dir(folder).expect("WAYLAY_FRAMES names a folder");
    let mut paths: Vec<PathBuf> = files.filter_map(|f| Some(f.ok()?.path())).collect();
    paths.sort();
    paths.iter().filter_map(|path| pgm(path)).collect()
}

/// A binary PGM file without a comment, as ffmpeg writes it.
fn pgm(path: &Path) -> Option<Picture> {
    let bytes = fs::read(path).ok()?;
    let mut at = 0;
    let mut word = || {
        let end = at + bytes[at..].iter().position(u8::is_ascii_whitespace)?;
        let word = std::str::from_utf8(&bytes[at..end]).ok()?;
        at = end + 1;
        Some(word.to_owned())
    };
    let (magic, width, height, most) = (word()?, word()?, word()?, word()?);
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    let pixels = bytes.get(at..at + width * height)?;
    (magic == "P5" && most == "255").then(|| Picture {
        name: path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        width,
        height,
        bytes: pixels.to_vec(),
    })
}
