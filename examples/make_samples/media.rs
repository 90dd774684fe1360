//! Pictures to files: clips by the program `ffmpeg`, stills by the crate `image`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use crate::catalogue::{Encoder, Media, Sample};
use crate::scene::Stage;

/// Frames a second of every clip.
const FPS: u32 = 30;

/// Frames from one keyframe to the next: two seconds, as ingest servers ask for.
const GOP: u32 = 60;

/// The time of a frame in ms, as a player rounds it.
fn frame_ms(index: u32) -> u32 {
    index * 1000 / FPS
}

/// The time of the last picture of `media` in ms; 0 for a still picture, which has no time.
pub(crate) fn last_ms(media: &Media) -> u32 {
    match media {
        Media::Clip { ms, .. } => frame_ms(ms * FPS / 1000 - 1),
        Media::Png(_) | Media::Jpeg(..) => 0,
    }
}

/// A moment of `media` between `from` and `to`, ms: a keyframe where there is one, else the middle. With it
/// the time on the stage.
pub(crate) fn moment(media: &Media, from: u32, to: u32) -> (u32, u32) {
    match media {
        Media::Png(ms) | Media::Jpeg(ms, _) => (0, *ms),
        Media::Clip { .. } => {
            let key = frame_ms(from.div_ceil(frame_ms(GOP)) * GOP);
            let middle = frame_ms(from.midpoint(to) * FPS / 1000);
            let ms = if key <= to { key } else { middle };
            (ms, ms)
        }
    }
}

/// Draws `sample` and writes it to `path`.
pub(crate) fn write(sample: &Sample, stage: &mut Stage, path: &Path) -> anyhow::Result<()> {
    let (width, height) = sample.size;
    let file = || Ok::<_, anyhow::Error>(BufWriter::new(File::create(path)?));
    let (w, h, colour) = (width as u32, height as u32, ExtendedColorType::Rgb8);
    match sample.media {
        Media::Clip { .. } => clip(sample, stage, path)?,
        Media::Png(ms) => {
            PngEncoder::new_with_quality(file()?, CompressionType::Best, FilterType::Adaptive)
                .write_image(stage.frame(ms).bytes(), w, h, colour)?;
        }
        Media::Jpeg(ms, quality) => {
            JpegEncoder::new_with_quality(file()?, quality).write_image(
                stage.frame(ms).bytes(),
                w,
                h,
                colour,
            )?;
        }
    }
    Ok(())
}

fn clip(sample: &Sample, stage: &mut Stage, path: &Path) -> anyhow::Result<()> {
    let Media::Clip {
        ms,
        kbps,
        encoder,
        tone,
    } = sample.media
    else {
        return Ok(());
    };
    let (width, height) = sample.size;
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-loglevel", "error", "-y"]);
    command.args([
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-r",
        &FPS.to_string(),
    ]);
    command.args(["-s", &format!("{width}x{height}"), "-i", "pipe:0"]);
    if tone {
        let seconds = f64::from(ms) / 1000.0;
        command.args([
            "-f",
            "lavfi",
            "-i",
            &format!("sine=frequency=330:sample_rate=44100:duration={seconds}"),
        ]);
        command.args(["-c:a", "aac", "-b:a", "48k"]);
    }
    command.args([
        "-vf",
        "scale=out_color_matrix=bt709:flags=bicubic+accurate_rnd+bitexact,format=yuv420p",
    ]);
    command.args([
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
    ]);
    command.args(["-c:v", "libx264", "-preset", "veryfast", "-threads", "1"]);
    command.args(match encoder {
        Encoder::ZeroLatency => ["-profile:v", "main", "-tune", "zerolatency"],
        Encoder::BFrames => ["-profile:v", "high", "-bf", "2"],
    });
    command.args([
        "-g",
        &GOP.to_string(),
        "-keyint_min",
        &GOP.to_string(),
        "-sc_threshold",
        "0",
    ]);
    command.args([
        "-b:v",
        &format!("{kbps}k"),
        "-maxrate",
        &format!("{kbps}k"),
        "-bufsize",
        &format!("{}k", kbps / 2),
    ]);
    // Neither dates nor versions of the muxer: the same pictures give the same file.
    command.args([
        "-map_metadata",
        "-1",
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-flags:a",
        "+bitexact",
    ]);
    command
        .args(["-movflags", "+faststart"])
        .arg(path)
        .stdin(Stdio::piped());

    let mut ffmpeg = command
        .spawn()
        .context("the program `ffmpeg` is needed to make clips")?;
    let pipe = ffmpeg.stdin.take().context("ffmpeg has no input")?;
    let mut pipe = BufWriter::new(pipe);
    let sent: std::io::Result<()> = (0..ms * FPS / 1000)
        .try_for_each(|index| pipe.write_all(stage.frame(frame_ms(index)).bytes()));
    let sent = sent.and_then(|()| pipe.flush());
    drop(pipe);
    let status = ffmpeg.wait()?;
    ensure!(status.success(), "ffmpeg failed on {}", path.display());
    sent.with_context(|| format!("ffmpeg took no more pictures for {}", path.display()))
}
