//! What a stream says of itself anew.

use ffmpeg_next::codec::packet::side_data::Type;

use crate::source::{Packet, Parameters};

/// What the decoder of a stream was told last that it needs to know: its parameter sets, mostly.
#[derive(Debug, Default)]
pub struct Description(Vec<u8>);

impl Description {
    /// What these parameters say.
    pub fn of(parameters: &Parameters) -> Self {
        Self(libav_fields::extradata(parameters).to_vec())
    }

    /// Whether `packet` says it anew, and otherwise than before: a publisher came back with another size, say. Without it no
    /// packet that follows can be decoded, and a decoder that is opened anew is not told. Some senders say the same before each
    /// keyframe.
    pub fn is_changed_by(&mut self, packet: &Packet) -> bool {
        let mut side_data = packet.side_data();
        let Some(said) = side_data.find(|data| data.kind() == Type::NewExtraData) else {
            return false;
        };
        let is_other = said.data() != self.0;
        if is_other {
            self.0 = said.data().to_vec();
        }
        is_other
    }
}
