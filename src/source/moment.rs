//! Single pictures out of a recorded file, by their media time.

use std::sync::Arc;

use crate::config::Location;
use crate::source::{
    Batch, Decoder, Input, Limits, Looks, Packet, Picture, SourceError, Timeline, bytes_of,
};

/// Compressed bytes between two keyframes that are kept for decoding.
const MOST_KEPT: usize = 32 << 20;
/// How far after the time that was asked for a picture may lie, in ms: containers round.
const ROUNDING: i64 = 10;

/// Hands over, for each of `times` in ms of media time, the last picture that is not after it. Only the
/// stretches from keyframe to keyframe that hold one of them are decoded.
///
/// # Errors
/// Where `location` cannot be opened or breaks off; what was found until then was handed over.
pub fn moments(
    location: &Location,
    limits: &Limits,
    times: &[i64],
    each: &mut dyn FnMut(i64, &Picture),
) -> Result<(), SourceError> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.dedup();
    let mut input = Input::open(location, limits)?;
    let mut decoder = Decoder::new(input.parameters().ok_or(SourceError::NoVideo)?)?;
    let mut timeline = Timeline::new(input.is_indexed());
    let (mut kept, mut bytes) = (Vec::new(), 0);
    while let Some(mut packet) = input.read()? {
        let (media_ms, _) = timeline.map(packet.pts(), packet.dts(), None);
        packet.set_pts(Some(media_ms));
        if packet.is_key() || bytes > MOST_KEPT {
            let until = media_ms - ROUNDING;
            let due = times.partition_point(|time| *time < until);
            let due: Vec<i64> = times.drain(..due).collect();
            show(&mut decoder, std::mem::take(&mut kept), &due, each);
            bytes = 0;
            if times.is_empty() {
                return Ok(());
            }
        }
        bytes += bytes_of(&packet);
        kept.push(Arc::new(packet));
    }
    show(&mut decoder, kept, &times, each);
    Ok(())
}

/// Decodes `packets` and hands over the picture of each of `times`, which are in order.
fn show(
    decoder: &mut Decoder,
    packets: Vec<Arc<Packet>>,
    times: &[i64],
    each: &mut dyn FnMut(i64, &Picture),
) {
    if times.is_empty() || packets.is_empty() {
        return;
    }
    let batch = Batch {
        packets,
        fresh: true,
        drain: true,
        restart: None,
        looks: Looks::Each,
        rough: false,
        extra: false,
    };
    let mut times = times.iter().copied().peekable();
    let mut last: Option<Picture> = None;
    decoder.decode(&batch, |picture| {
        while let Some(time) = times.next_if(|time| *time + ROUNDING < picture.media_ms()) {
            if let Some(last) = &last {
                each(time, last);
            }
        }
        last = Some(picture);
    });
    if let Some(last) = &last {
        times.for_each(|time| each(time, last));
    }
}
