//! The zip that a bundle is (PKWARE APPNOTE 6.3.10). It is written plain: each file as it is, one after the other. What
//! is read may have been packed again by another program, or by somebody who means harm: every name and every byte is
//! looked at, what could be read in two ways is told, and nothing is written to disk.

use std::io::{self, Read, Seek, SeekFrom, Write};

use flate2::Crc;
use flate2::read::DeflateDecoder;

const LOCAL: u32 = 0x0403_4b50; // 4.3.7
const CENTRAL: u32 = 0x0201_4b50; // 4.3.12
const END: u32 = 0x0605_4b50; // 4.3.16
const DESCRIPTOR: u32 = 0x0807_4b50; // 4.3.9, which may be left out

const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const DESCRIPTOR_BYTES: usize = 16;

/// Version 2.0 (4.4.3), and in central headers made by Unix (4.4.2): names have `/`.
const VERSION: u16 = 20;
const MADE_BY: u16 = 0x0300 | VERSION;
/// Names are UTF-8 (4.4.4, bit 11).
const UTF8: u16 = 1 << 11;
/// Encrypted (4.4.4, bits 0, 6 and 13).
const ENCRYPTED: u16 = 1 | (1 << 6) | (1 << 13);
/// Methods (4.4.5).
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// 1980-01-01, the first day that there is (4.4.6).
const DATE: u16 = (1 << 5) | 1;
/// A plain file that its owner writes and all read, as Unix says it (4.4.15).
const MODE: u32 = 0o100_644 << 16;

/// The sizes and the checksum stand behind the file and not in its local header (4.4.4, bit 3).
const BEHIND: u16 = 1 << 3;
/// An extra field that gives the file another name (4.6.9).
const UNICODE_PATH: u16 = 0x7075;

/// Bytes of a name.
const LONGEST_NAME: u16 = 512;
/// Bytes of the list of all files.
const LARGEST_LIST: u32 = 32 << 20;

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no zip, or one that nobody has to read.
    #[error("{0}")]
    Malformed(&'static str),
    /// What is in it is larger than is looked at, in bytes.
    #[error("it holds more than {0} bytes")]
    TooLarge(u64),
}

/// Writes a zip.
pub(super) struct Writer<W> {
    out: W,
    at: u64,
    list: Vec<u8>,
    files: u16,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            at: 0,
            list: Vec::new(),
            files: 0,
        }
    }

    /// Adds the file `name`.
    ///
    /// # Errors
    /// Where it cannot be written, or the zip gets larger than one can be (4 GiB, 65,535 files).
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "more than a zip can hold");
        let at = u32::try_from(self.at).map_err(|_| too_large())?;
        let size = u32::try_from(bytes.len()).map_err(|_| too_large())?;
        let length = u16::try_from(name.len()).map_err(|_| too_large())?;
        self.files = self.files.checked_add(1).ok_or_else(too_large)?;
        let mut crc = Crc::new();
        crc.update(bytes);
        // 4.3.7, from the version to the length of the extra field: both headers have these.
        let mut common = Vec::with_capacity(26);
        for value in [VERSION, UTF8, STORED, 0, DATE] {
            common.extend(value.to_le_bytes());
        }
        for value in [crc.sum(), size, size] {
            common.extend(value.to_le_bytes());
        }
        common.extend(length.to_le_bytes());
        common.extend([0; 2]);
        let local = [&LOCAL.to_le_bytes(), common.as_slice(), name.as_bytes()].concat();
        self.out.write_all(&local)?;
        self.out.write_all(bytes)?;
        self.list.extend(CENTRAL.to_le_bytes());
        self.list.extend(MADE_BY.to_le_bytes());
        self.list.extend(common);
        // No comment, disk 0, no internal attributes.
        self.list.extend([0; 6]);
        self.list.extend(MODE.to_le_bytes());
        self.list.extend(at.to_le_bytes());
        self.list.extend(name.as_bytes());
        self.at += (local.len() + bytes.len()) as u64;
        Ok(())
    }

    /// Writes the list of files.
    ///
    /// # Errors
    /// As for [`Writer::add`].
    pub(super) fn finish(mut self) -> io::Result<W> {
        let too_large = |_| io::Error::from(io::ErrorKind::FileTooLarge);
        let at = u32::try_from(self.at).map_err(too_large)?;
        let size = u32::try_from(self.list.len()).map_err(too_large)?;
        self.out.write_all(&self.list)?;
        self.out.write_all(&END.to_le_bytes())?;
        self.out.write_all(&[0; 4])?;
        for files in [self.files; 2] {
            self.out.write_all(&files.to_le_bytes())?;
        }
        for value in [size, at] {
            self.out.write_all(&value.to_le_bytes())?;
        }
        self.out.write_all(&[0; 2])?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A file of an archive that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name, what is not UTF-8 replaced.
    pub(super) name: String,
    method: u16,
    flags: u16,
    crc: u32,
    packed: u64,
    unpacked: u64,
    /// Whether the list gives it another name beside this one.
    renamed: bool,
    at: u64,
    /// Where what follows it begins: another file, or the list.
    until: u64,
    raw: Vec<u8>,
}

/// Reads a zip. One that is larger than 4 GiB (ZIP64) or in parts is none.
pub(super) struct Archive<R> {
    file: R,
    /// How many bytes may still be unpacked, and how many it were.
    left: u64,
    most: u64,
    entries: Vec<Entry>,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the list of `file`. Of what is in it `most` bytes are unpacked at most.
    ///
    /// # Errors
    /// Where it is no zip.
    pub(super) fn open(mut file: R, most: u64) -> Result<Self, ArchiveError> {
        let length = file.seek(SeekFrom::End(0))?;
        let end = end(&mut file, length)?;
        let (parts, files) = (u16_at(&end.record, 4), u16_at(&end.record, 10));
        let (size, at) = (u32_at(&end.record, 12), u32_at(&end.record, 16));
        if parts != 0 || u16_at(&end.record, 8) != files || files == u16::MAX || at == u32::MAX {
            return Err(ArchiveError::Malformed(
                "a zip in parts or of more than 4 GiB",
            ));
        }
        // Some programs look for the list where the end says that it begins, and others right before the end.
        if size > LARGEST_LIST || u64::from(at) + u64::from(size) != end.at {
            return Err(ArchiveError::Malformed(
                "the list of its files is not where it should be",
            ));
        }
        file.seek(SeekFrom::Start(at.into()))?;
        let mut list = vec![0; size as usize];
        file.read_exact(&mut list)?;
        let mut entries = entries(&list, files)?;
        // What no entry is of is seen by programs that read from the beginning on.
        if follow_on(&mut entries, at.into()) != 0 {
            return Err(ArchiveError::Malformed(
                "something else lies before its first file",
            ));
        }
        Ok(Self {
            file,
            left: most,
            most,
            entries,
        })
    }

    /// Its files, in the order of the list.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.entries.clone()
    }

    /// Hands what `entry` holds to `take`, piece by piece. The text says what is wrong with it, where it cannot be read
    /// or other programs may see something else in it.
    ///
    /// # Errors
    /// Where more is unpacked than may be.
    pub(super) fn read(
        &mut self,
        entry: &Entry,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<Option<String>, ArchiveError> {
        match self.unpack(entry, take) {
            Ok(wrong) => Ok(wrong.map(str::to_owned)),
            Err(ArchiveError::Io(error)) => Ok(Some(format!("it cannot be unpacked: {error}"))),
            Err(error) => Err(error),
        }
    }

    fn unpack(
        &mut self,
        entry: &Entry,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<Option<&'static str>, ArchiveError> {
        if entry.flags & ENCRYPTED != 0 {
            return Ok(Some("it is encrypted"));
        }
        self.file.seek(SeekFrom::Start(entry.at))?;
        let mut header = [0; LOCAL_BYTES];
        self.file.read_exact(&mut header)?;
        let mut name = vec![0; usize::from(u16_at(&header, 26))];
        self.file.read_exact(&mut name)?;
        if u32_at(&header, 0) != LOCAL || name != entry.raw || u16_at(&header, 8) != entry.method {
            return Ok(Some(
                "it has another name or form where it lies than in the list of files",
            ));
        }
        let mut extra = vec![0; usize::from(u16_at(&header, 28))];
        self.file.read_exact(&mut extra)?;
        if entry.renamed || renames(&extra) {
            return Ok(Some("it has a second name, which other programs give it"));
        }
        let is_behind = entry.flags & BEHIND != 0;
        if is_behind != (u16_at(&header, 6) & BEHIND != 0) {
            return Ok(Some(
                "it has another name or form where it lies than in the list of files",
            ));
        }
        if !is_behind && u32_at(&header, 14) != entry.crc {
            return Ok(Some(
                "it has another checksum where it lies than in the list of files",
            ));
        }
        if !is_behind && [18, 22].map(|at| u64::from(u32_at(&header, at))) != entry.sizes() {
            return Ok(Some(
                "it has another length where it lies than in the list of files",
            ));
        }
        let end = entry.at + (LOCAL_BYTES + name.len() + extra.len()) as u64 + entry.packed;
        let between = entry.until.checked_sub(end);
        let (shortest, longest) = (DESCRIPTOR_BYTES as u64 - 4, DESCRIPTOR_BYTES as u64);
        let fits = match between {
            Some(0) => !is_behind,
            Some(bytes) => is_behind && (bytes == shortest || bytes == longest),
            None => false,
        };
        if !fits {
            return Ok(Some(
                "something else lies between it and what follows in the list of files",
            ));
        }
        let mut bytes = 0;
        let mut take = |piece: &[u8]| {
            bytes += piece.len() as u64;
            take(piece);
        };
        let packed = (&mut self.file).take(entry.packed);
        let (left, most) = (&mut self.left, self.most);
        match entry.method {
            STORED => pass(packed, left, most, &mut take)?,
            DEFLATED => {
                let mut packed = DeflateDecoder::new(packed);
                pass(&mut packed, left, most, &mut take)?;
                // Who reads from the beginning on goes by where it ends by itself.
                if packed.total_in() != entry.packed {
                    return Ok(Some("something else lies behind what is packed in it"));
                }
            }
            _ => return Ok(Some("it is packed in a way that is not read")),
        }
        // Other programs stop where the list says that it ends. What it holds until there is for its SHA-256 to tell.
        if bytes != entry.unpacked {
            return Ok(Some("it has another length than the list of files says"));
        }
        if is_behind {
            let mut descriptor = vec![0; (entry.until - end).try_into().unwrap_or_default()];
            self.file.seek(SeekFrom::Start(end))?;
            self.file.read_exact(&mut descriptor)?;
            if !entry.is_described_by(&descriptor) {
                return Ok(Some(
                    "it has another checksum or length behind it than in the list of files",
                ));
            }
        }
        Ok(None)
    }
}

impl Entry {
    /// How many bytes it has packed, and unpacked.
    fn sizes(&self) -> [u64; 2] {
        [self.packed, self.unpacked]
    }

    /// Whether the data descriptor behind it (4.3.9) says the same as the list.
    fn is_described_by(&self, descriptor: &[u8]) -> bool {
        let said = match descriptor.len() {
            DESCRIPTOR_BYTES if u32_at(descriptor, 0) == DESCRIPTOR => &descriptor[4..],
            DESCRIPTOR_BYTES => return false,
            _ => descriptor,
        };
        u32_at(said, 0) == self.crc && [4, 8].map(|at| u64::from(u32_at(said, at))) == self.sizes()
    }
}

/// Notes of each entry where what follows it begins, up to the list of files at `list`. Where the first of all begins.
fn follow_on(entries: &mut [Entry], list: u64) -> u64 {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| entries[*at].at);
    let mut until = list;
    for at in order.into_iter().rev() {
        entries[at].until = until;
        until = entries[at].at;
    }
    until
}

/// Hands all that `from` gives to `take`.
fn pass(
    mut from: impl Read,
    left: &mut u64,
    most: u64,
    take: &mut dyn FnMut(&[u8]),
) -> Result<(), ArchiveError> {
    let mut piece = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        let Some(rest) = left.checked_sub(read as u64) else {
            return Err(ArchiveError::TooLarge(most));
        };
        *left = rest;
        take(&piece[..read]);
    }
}

struct End {
    at: u64,
    record: [u8; END_BYTES],
}

/// The end of central directory record: what it says of its comment must fit what follows it. It is the last that looks like
/// one: programs do not agree on which of several counts.
fn end<R: Read + Seek>(file: &mut R, length: u64) -> Result<End, ArchiveError> {
    let most = END_BYTES as u64 + u64::from(u16::MAX);
    let start = length.saturating_sub(most);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.take(most).read_to_end(&mut tail)?;
    let looks_so = |at: &usize| u32_at(&tail, *at) == END;
    let fits = |at: &usize| {
        let record = &tail[*at..];
        usize::from(u16_at(record, 20)) == record.len() - END_BYTES
    };
    let last = tail.len().checked_sub(END_BYTES);
    let found = last.and_then(|last| (0..=last).rev().find(looks_so));
    let at = found.filter(fits);
    let at = at.ok_or(ArchiveError::Malformed("it is no zip"))?;
    let mut record = [0; END_BYTES];
    record.copy_from_slice(&tail[at..at + END_BYTES]);
    Ok(End {
        at: start + at as u64,
        record,
    })
}

fn entries(mut list: &[u8], files: u16) -> Result<Vec<Entry>, ArchiveError> {
    let broken = || ArchiveError::Malformed("the list of its files is broken");
    let mut entries = Vec::new();
    for _ in 0..files {
        let header = list.get(..CENTRAL_BYTES).ok_or_else(broken)?;
        let length = u16_at(header, 28);
        if u32_at(header, 0) != CENTRAL || length > LONGEST_NAME {
            return Err(broken());
        }
        let name = CENTRAL_BYTES..CENTRAL_BYTES + usize::from(length);
        let extra = name.end..name.end + usize::from(u16_at(header, 30));
        let end = extra.end + usize::from(u16_at(header, 32));
        let raw = list.get(name).ok_or_else(broken)?;
        entries.push(Entry {
            name: String::from_utf8_lossy(raw).into_owned(),
            method: u16_at(header, 10),
            flags: u16_at(header, 8),
            crc: u32_at(header, 16),
            packed: u32_at(header, 20).into(),
            unpacked: u32_at(header, 24).into(),
            renamed: renames(list.get(extra).ok_or_else(broken)?),
            at: u32_at(header, 42).into(),
            until: 0,
            raw: raw.to_vec(),
        });
        list = list.get(end..).ok_or_else(broken)?;
    }
    if list.is_empty() {
        Ok(entries)
    } else {
        Err(broken())
    }
}

/// Whether one of the extra fields (4.5.1) gives the file another name, in programs that heed it.
fn renames(mut extra: &[u8]) -> bool {
    while extra.len() >= 4 {
        if u16_at(extra, 0) == UNICODE_PATH {
            return true;
        }
        let length = 4 + usize::from(u16_at(extra, 2));
        extra = extra.get(length..).unwrap_or_default();
    }
    false
}

/// 0 where it would be beyond the end, which no caller lets happen.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let value = bytes.get(at..at + 2).and_then(|b| b.try_into().ok());
    value.map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let value = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
    value.map_or(0, u32::from_le_bytes)
}

#[cfg(test)]
mod tests;
