//! Puts the files of the review desk into the program, under names that change with their contents.

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// What pages ask for, and where it lies. The last one is not kept in the repository: `scripts/setup.sh` fetches it.
const FILES: [(&str, &str); 4] = [
    ("desk.css", "assets/desk.css"),
    ("desk.js", "assets/desk.js"),
    ("icon.svg", "assets/icon.svg"),
    (HTMX, "assets/vendor/htmx.min.js"),
];
const HTMX: &str = "htmx.min.js";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    // A folder that is not there yet is looked for again.
    println!("cargo::rerun-if-changed=assets");
    let mut code = String::from(
        "/// The files: name, name with the hash of the contents, contents.\npub(super) const FILES: &[(&str, &str, &[u8])] = &[\n",
    );
    for (name, place) in FILES {
        let path = root.join(place);
        println!("cargo::rerun-if-changed={place}");
        if !path.is_file() {
            if name != HTMX {
                return Err(format!("{place} is missing").into());
            }
            if env::var_os("CARGO_FEATURE_PRODUCT").is_some() {
                println!(
                    "cargo::warning=the pages load as a whole: {place} is missing (scripts/setup.sh build fetches it)"
                );
            }
            continue;
        }
        let hashed = hashed(name, &fs::read(&path)?);
        let path = path
            .to_str()
            .ok_or("the path of the project is not UTF-8")?;
        writeln!(
            code,
            "    ({name:?}, {hashed:?}, include_bytes!({path:?})),"
        )?;
    }
    code.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("assets.rs"), code)?;
    Ok(())
}

/// `name` with a hash of `bytes` before its ending (FNV-1a, 64 bits): it only has to change with them.
fn hashed(name: &str, bytes: &[u8]) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, step);
    match name.split_once('.') {
        Some((stem, ending)) => format!("{stem}.{hash:016x}.{ending}"),
        None => format!("{name}.{hash:016x}"),
    }
}
