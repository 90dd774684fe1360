//! What is found in a picture: symbols, their kinds, and who read them.

use std::fmt;
use std::str::FromStr;

use super::soft::Soft;
use super::{PerceptualHash, Unread};

/// A position in the frame in px: x to the right, y down, (0, 0) the outer corner of the first pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// px from the left edge.
    pub x: f32,
    /// px from the top edge.
    pub y: f32,
}

/// The corners of a symbol in reading order of the code itself: top left, top right, bottom right,
/// bottom left. A code that is turned or mirrored in the picture has them turned or mirrored.
pub type Corners = [Point; 4];

/// What kind of symbol was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// A QR code (ISO/IEC 18004).
    Qr,
    /// A Micro QR code (ISO/IEC 18004).
    MicroQr,
    /// A rectangular Micro QR code (ISO/IEC 23941).
    Rmqr,
    /// A Data Matrix (ISO/IEC 16022).
    DataMatrix,
    /// An Aztec code (ISO/IEC 24778).
    Aztec,
    /// A PDF417, compact or not (ISO/IEC 15438).
    Pdf417,
    /// EAN-13 (ISO/IEC 15420), UPC-A included.
    Ean13,
    /// EAN-8.
    Ean8,
    /// UPC-E.
    UpcE,
    /// Code 128 (ISO/IEC 15417).
    Code128,
    /// Interleaved 2 of 5 with the fourteen digits of a trade item (ITF-14).
    Itf14,
    /// GS1 `DataBar` (ISO/IEC 24724), of any form.
    DataBar,
    /// A round code of rays, as those of `WeChat` mini-programs: what it says is not public.
    Round,
    /// A line of text.
    Text,
}

/// Who can read symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    /// Our own finder and grid, with the decoder of the crate `rqrr`.
    Rqrr,
    /// zxing-cpp.
    Zxing,
}

impl Reader {
    /// Its name on the command line and in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rqrr => "rqrr",
            Self::Zxing => "zxing",
        }
    }
}

/// The readers that look at a picture: at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readers {
    rqrr: bool,
    zxing: bool,
}

impl Readers {
    /// Our own eyes alone.
    pub const RQRR: Self = Self {
        rqrr: true,
        zxing: false,
    };

    /// Whether `reader` is one of them.
    pub fn has(self, reader: Reader) -> bool {
        match reader {
            Reader::Rqrr => self.rqrr,
            Reader::Zxing => self.zxing,
        }
    }
}

/// All that this build has.
impl Default for Readers {
    fn default() -> Self {
        Self {
            rqrr: true,
            zxing: cfg!(feature = "zxing"),
        }
    }
}

/// A list of names with commas between them, in any order.
impl FromStr for Readers {
    type Err = String;

    fn from_str(list: &str) -> Result<Self, String> {
        let all = Self::default();
        let mut readers = Self {
            rqrr: false,
            zxing: false,
        };
        for name in list.split(',') {
            match name {
                "rqrr" => readers.rqrr = true,
                "zxing" if all.zxing => readers.zxing = true,
                other => {
                    return Err(format!(
                        "no reader `{other}` in this build, expected a list of: {all}"
                    ));
                }
            }
        }
        Ok(readers)
    }
}

impl fmt::Display for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = [Reader::Rqrr, Reader::Zxing]
            .into_iter()
            .filter(|reader| self.has(*reader))
            .map(Reader::as_str)
            .collect();
        f.write_str(&names.join(","))
    }
}

/// Which of several symbols that make one text together it is (structured append).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its place among them, from 0.
    pub index: u32,
    /// How many there are; `None` where it does not say.
    pub count: Option<u32>,
    /// What those that belong together have in common.
    pub id: String,
}

/// What the bytes of a symbol were joined from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// So many looks at the same code, no single one of which shows enough of it.
    Looks(u32),
    /// So many symbols that make one text together (structured append).
    Parts(u32),
}

/// One code or line of text that was found in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// What it is.
    pub kind: SymbolKind,
    /// The bytes it holds, as they are; `None` where it was located but could not be decoded.
    pub bytes: Option<Vec<u8>>,
    /// Where it is.
    pub corners: Corners,
    /// Who read it first, or located it where nobody could.
    pub read_by: Reader,
    /// Who else read the same bytes in the same place.
    pub confirmed_by: Option<Reader>,
    /// Which part of a longer text it holds, where it is one.
    pub part: Option<Part>,
    /// What is known of it where it was located but could not be decoded.
    pub unread: Option<Unread>,
    /// What its modules look like, to know it again; `None` where our own finder laid no grid over it.
    pub hash: Option<PerceptualHash>,
    /// What it was joined from; `None` where this picture shows all of it.
    pub joined: Option<Joined>,
    /// What is known of its modules, where they are not enough to read it.
    pub(crate) soft: Option<Soft>,
}

impl Symbol {
    /// Whether two readers agree on it.
    pub fn is_certain(&self) -> bool {
        self.confirmed_by.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_readers_is_read_as_it_is_written() {
        let all = Readers::default();
        assert_eq!(all.to_string().parse(), Ok(all));
        assert_eq!("rqrr".parse(), Ok(Readers::RQRR));
        assert_eq!("rqrr,rqrr".parse(), Ok(Readers::RQRR));
        for wrong in ["", "rqrr,", "zbar", "RQRR", "rqrr, zxing"] {
            assert!(wrong.parse::<Readers>().is_err(), "{wrong}");
        }
    }

    #[cfg(not(feature = "zxing"))]
    #[test]
    fn a_build_without_a_reader_refuses_it() {
        assert!("rqrr,zxing".parse::<Readers>().is_err());
    }
}
