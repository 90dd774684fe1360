//! Clips that show a code over a moving picture, made with ffmpeg.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use image::{GrayImage, Luma};
use qrcode::QrCode;

/// What a clip's code says where a test does not care.
pub(crate) const PAYLOAD: &str = "https://shop.example/a";

/// A clip to be made: a moving test picture with a code in it.
pub(crate) struct Clip<'a> {
    /// What the code says.
    pub(crate) payload: &'a str,
    /// When it is shown, in seconds.
    pub(crate) shown: (f32, f32),
    /// How long the clip is, in seconds.
    pub(crate) seconds: u32,
    /// Width and height in px.
    pub(crate) size: (u32, u32),
    /// Frames between two keyframes at 30 frames a second.
    pub(crate) gop: u32,
    /// More arguments for the encoder.
    pub(crate) encoder: &'a [&'a str],
}

impl Default for Clip<'_> {
    fn default() -> Self {
        Self {
            payload: PAYLOAD,
            shown: (0.0, 3600.0),
            seconds: 4,
            size: (640, 360),
            gop: 30,
            encoder: &[
                "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p",
            ],
        }
    }
}

impl Clip<'_> {
    /// Makes the clip as `folder/name`, with the container that the name says.
    pub(crate) fn make(&self, folder: &Path, name: &str) -> PathBuf {
        let (width, height) = self.size;
        let side = height / 2;
        let code = folder.join(format!("{name}.code.png"));
        draw(self.payload).save(&code).unwrap();
        let path = folder.join(name);
        let (from, to) = self.shown;
        let filter = format!(
            "[1]scale={side}:{side}:flags=neighbor[code];[0][code]overlay=W/4:H/4:enable='between(t,{from},{to})'"
        );
        let picture = format!("testsrc2=s={width}x{height}:r=30:d={}", self.seconds);
        let mut command = ffmpeg();
        command
            .args(["-f", "lavfi", "-i", &picture, "-i"])
            .arg(&code);
        command.args([
            "-filter_complex",
            &filter,
            "-g",
            &self.gop.to_string(),
            "-sc_threshold",
            "0",
        ]);
        command.args(self.encoder).arg("-y").arg(&path);
        run(&mut command);
        path
    }
}

/// A code at 8 px a module with its quiet zone.
pub(crate) fn draw(payload: &str) -> GrayImage {
    let code = QrCode::new(payload).unwrap();
    let modules = u32::try_from(code.width()).unwrap();
    let colours = code.to_colors();
    GrayImage::from_fn((modules + 8) * 8, (modules + 8) * 8, |x, y| {
        let inside = |v: u32| (v / 8).checked_sub(4).filter(|m| *m < modules);
        let dark = match (inside(x), inside(y)) {
            (Some(x), Some(y)) => colours[(y * modules + x) as usize] == qrcode::Color::Dark,
            _ => false,
        };
        Luma([if dark { 0 } else { 255 }])
    })
}

/// The real ffmpeg program, quiet.
pub(crate) fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-nostdin", "-loglevel", "error"])
        .stdin(Stdio::null());
    command
}

fn run(command: &mut Command) {
    let done = command
        .output()
        .expect("ffmpeg is needed for this test: see scripts/setup.sh");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}
