//! The second reader: zxing-cpp. It reads every kind of code that shops print, and QR codes that our own
//! finder cannot place.
//!
//! It cannot be interrupted, so whoever calls it bounds what it is given.

use std::panic::{AssertUnwindSafe, catch_unwind};

use zxingcpp::{BarcodeFormat, BarcodeReader, ImageFormat, ImageView, Position, TextMode};

use super::{Corners, Part, Point, SymbolKind};
use crate::frame::Luma;

/// Codes of modules in two directions.
const MODULES: [BarcodeFormat; 7] = [
    BarcodeFormat::QRCode,
    BarcodeFormat::MicroQRCode,
    BarcodeFormat::RMQRCode,
    BarcodeFormat::DataMatrix,
    BarcodeFormat::Aztec,
    BarcodeFormat::PDF417,
    BarcodeFormat::CompactPDF417,
];
/// Codes of bars. Code 39, Code 93, Codabar and Telepen are left out: they are not what shops print on
/// goods, and the check digits that most of them lack are all that tells a code from a fence.
const BARS: [BarcodeFormat; 6] = [
    BarcodeFormat::EAN13,
    BarcodeFormat::EAN8,
    BarcodeFormat::UPCE,
    BarcodeFormat::Code128,
    BarcodeFormat::ITF,
    BarcodeFormat::DataBar,
];

/// What the reader looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// QR codes.
    Qr,
    /// Codes of modules in two directions.
    Modules,
    /// Codes of bars.
    Bars,
    /// Every kind.
    All,
}

/// One code that was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) kind: SymbolKind,
    pub(super) bytes: Vec<u8>,
    /// px of the picture that was given.
    pub(super) corners: Corners,
    pub(super) part: Option<Part>,
}

/// The reader panicked.
pub(super) struct Panicked;

/// Reads the codes in `luma`.
pub(super) fn read(luma: &Luma<'_>, wanted: Wanted) -> Result<Vec<Read>, Panicked> {
    // Its errors come as values, but it has a few asserts of its own.
    catch_unwind(AssertUnwindSafe(|| read_unguarded(luma, wanted))).map_err(|_| Panicked)
}

fn read_unguarded(luma: &Luma<'_>, wanted: Wanted) -> Vec<Read> {
    let formats: Vec<BarcodeFormat> = match wanted {
        Wanted::Qr => vec![BarcodeFormat::QRCode],
        Wanted::Modules => MODULES.to_vec(),
        Wanted::Bars => BARS.to_vec(),
        Wanted::All => [MODULES.as_slice(), &BARS].concat(),
    };
    let reader = BarcodeReader::new()
        .formats(formats)
        // The bytes are taken as they are; the other modes rewrite control characters for people.
        .text_mode(TextMode::Plain)
        .try_harder(true)
        .try_rotate(true)
        .try_invert(true)
        .try_downscale(true);
    let mut copy = Vec::new();
    let (width, height) = (luma.width(), luma.height());
    let (bytes, stride) = luma.whole_rows().unwrap_or_else(|| {
        copy.extend((0..height).flat_map(|y| luma.row(y)));
        (&copy, width)
    });
    let Ok(view) = ImageView::from_slice(bytes, stride, height, ImageFormat::Lum) else {
        return Vec::new();
    };
    let view = view.cropped(0, 0, width as i32, height as i32);
    let codes = reader.from(view).unwrap_or_default();
    codes.iter().filter_map(symbol).collect()
}

fn symbol(code: &zxingcpp::Barcode) -> Option<Read> {
    let bytes = code.bytes();
    let kind = kind(code.format(), &bytes)?;
    if bytes.is_empty() || !code.is_valid() {
        return None;
    }
    let part = (code.sequence_index() >= 0).then(|| Part {
        index: code.sequence_index().unsigned_abs(),
        count: u32::try_from(code.sequence_size()).ok().filter(|n| *n > 0),
        id: code.sequence_id(),
    });
    Some(Read {
        kind,
        bytes,
        corners: corners(code.position()),
        part,
    })
}

fn kind(format: BarcodeFormat, bytes: &[u8]) -> Option<SymbolKind> {
    use BarcodeFormat as F;
    Some(match format {
        F::QRCode | F::QRCodeModel1 | F::QRCodeModel2 => SymbolKind::Qr,
        F::MicroQRCode => SymbolKind::MicroQr,
        F::RMQRCode => SymbolKind::Rmqr,
        F::DataMatrix => SymbolKind::DataMatrix,
        F::Aztec | F::AztecCode | F::AztecRune => SymbolKind::Aztec,
        F::PDF417 | F::CompactPDF417 => SymbolKind::Pdf417,
        F::EAN13 | F::ISBN | F::UPCA => SymbolKind::Ean13,
        F::EAN8 => SymbolKind::Ean8,
        F::UPCE => SymbolKind::UpcE,
        F::Code128 => SymbolKind::Code128,
        // Interleaved 2 of 5 has no end that is sure and no check digit of its own: only the trade item
        // number has both.
        F::ITF if is_itf14(bytes) => SymbolKind::Itf14,
        F::DataBar
        | F::DataBarOmni
        | F::DataBarStk
        | F::DataBarStkOmni
        | F::DataBarLtd
        | F::DataBarExp
        | F::DataBarExpStk => SymbolKind::DataBar,
        _ => return None,
    })
}

/// Fourteen digits, the last of which checks the others (GS1 General Specifications, 7.9).
fn is_itf14(bytes: &[u8]) -> bool {
    let digits = bytes.len() == 14 && bytes.iter().all(u8::is_ascii_digit);
    let sum: u32 = bytes
        .iter()
        .zip([3, 1].iter().cycle())
        .map(|(digit, weight)| u32::from(digit & 0xf) * weight)
        .sum();
    digits && sum.is_multiple_of(10) && bytes.iter().any(|b| *b != b'0')
}

fn corners(position: Position) -> Corners {
    let Position {
        top_left,
        top_right,
        bottom_right,
        bottom_left,
    } = position;
    [top_left, top_right, bottom_right, bottom_left].map(|p| Point::new(p.x as f32, p.y as f32))
}
