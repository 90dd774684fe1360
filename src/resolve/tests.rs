//! The resolver against real servers on loopback.

mod bounds;
mod chains;
mod guards;
mod stage;
mod turns;

use url::Url;

use super::{End, Page, Resolution};

fn page(resolution: &Resolution) -> &Page {
    match &resolution.end {
        End::Page(page) => page,
        other => panic!("{other:?} at {}", resolution.url),
    }
}

fn chain(resolution: &Resolution) -> Vec<&str> {
    resolution.chain().map(Url::as_str).collect()
}

fn links(resolution: &Resolution) -> Vec<&str> {
    resolution.links().iter().map(Url::as_str).collect()
}
