//! What the integration tests share: clips made with ffmpeg, the product as a child process, servers.

mod canvas;
mod child;
mod clip;
mod http;
mod receiver;
mod server;

pub(crate) use canvas::{Canvas, Place, code, noise};
pub(crate) use child::{Watch, payloads, text, watch, waylay};
pub(crate) use clip::{Clip, PAYLOAD, draw, ffmpeg};
pub(crate) use http::{Answer, Api};
pub(crate) use receiver::{Posted, Receiver};
pub(crate) use server::{Nginx, Publisher, await_port, free_port};
