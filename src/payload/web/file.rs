//! Files that install or run something, by the end of their names.

use super::super::input::{Uri, strip_prefix_ignore_case};

/// What installs itself or runs.
#[rustfmt::skip]
const INSTALLERS: &[&str] = &[
    "aab", "apk", "apkm", "apks", "appinstaller", "appx", "bat", "cmd", "crx", "deb", "dmg", "exe", "hap",
    "hta", "ipa", "jar", "lnk", "mobileconfig", "mobileprovision", "msi", "msix", "msixbundle", "pkg", "plist",
    "ps1", "rpm", "scr", "vbs", "xapk", "xpi",
];

/// What runs only where it poses as something else: alone, it is a page.
const PAGES: &[&str] = &["com", "htm", "html", "js", "shtml", "svg"];

/// What a program poses as.
#[rustfmt::skip]
const DOCUMENTS: &[&str] = &[
    "avi", "csv", "doc", "docx", "gif", "heic", "jpeg", "jpg", "mov", "mp3", "mp4", "odt", "pdf", "png", "ppt",
    "pptx", "rtf", "txt", "webp", "xls", "xlsx",
];

/// Query keys that name the file which is sent.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "attname", "attachment", "download", "file", "filename", "file_name", "fname", "name",
    "response-content-disposition", "rscd",
];

/// What a link downloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    /// A program.
    Installer,
    /// A program that poses as a document.
    PosingInstaller,
    /// A page that poses as a document.
    PosingPage,
}

/// What `uri` downloads, by its path and by what its query calls the file.
pub(super) fn find(uri: &Uri) -> Option<File> {
    let named = uri
        .query
        .iter()
        .filter(|(key, _)| NAMES.iter().any(|name| key.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value);
    // `/app.apk/download` sends the file before it.
    let before = || {
        uri.path
            .iter()
            .scan(None, |last, part| Some(last.replace(part)))
    };
    let last = uri.path.last().and_then(|last| match last {
        "download" | "raw" => before().last().flatten(),
        _ => Some(last),
    });
    last.into_iter().chain(named).find_map(kind)
}

fn kind(name: &str) -> Option<File> {
    // `attachment; filename="a.apk"` (RFC 6266), and `a.apk;jsessionid=1`.
    let name = name.split("filename=").last().unwrap_or_default();
    let name = name.trim_start_matches('"').split(['"', ';']).next()?;
    let name = name.rsplit(['/', '\\']).next()?;
    let mut parts = name.trim_end_matches([' ', '.']).rsplit('.');
    let (end, before) = (parts.next()?, parts.next()?);
    let is = |list: &[&str], part: &str| {
        let part = part.trim();
        list.iter().any(|end| part.eq_ignore_ascii_case(end))
    };
    // Spaces push the real end out of sight: `a.pdf        .exe`.
    let poses = parts.next().is_some() && is(DOCUMENTS, before);
    match (is(INSTALLERS, end), poses) {
        (true, true) => Some(File::PosingInstaller),
        (true, false) => Some(File::Installer),
        (false, true) if is(PAGES, end) => Some(File::PosingPage),
        _ => None,
    }
}

/// What a manifest or an installer of Windows is fetched from: `ms-appinstaller:?source=https://...`.
pub(super) fn source(rest: &str) -> Option<&str> {
    let rest = strip_prefix_ignore_case(rest, "?source=")?;
    rest.split('&').next().filter(|link| !link.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_by_name() {
        for (name, expected) in [
            ("app.apk", Some(File::Installer)),
            ("App.APK", Some(File::Installer)),
            ("a.b.1.2.apk", Some(File::Installer)),
            ("profile.mobileconfig", Some(File::Installer)),
            ("a.apk;jsessionid=7", Some(File::Installer)),
            ("attachment; filename=\"a.exe\"", Some(File::Installer)),
            ("dir/a.pdf.exe", Some(File::PosingInstaller)),
            ("a.pdf      .exe", Some(File::PosingInstaller)),
            ("a.pdf.exe. ", Some(File::PosingInstaller)),
            ("a.pdf.html", Some(File::PosingPage)),
            ("a.pdf", None),
            ("a.html", None),
            ("pdf.html", None),
            ("apk", None),
            (".apk", Some(File::Installer)),
            ("example.com", None),
            ("a.apk.pdf", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(kind(name), expected, "{name}");
        }
    }

    #[test]
    fn the_query_names_files_too() {
        let find = |link| find(&Uri::parse(link).unwrap());
        let posing = "https://a.example/get?response-content-disposition=attachment%3B%20filename%3D%22x.jpg.apk%22";
        assert_eq!(find(posing), Some(File::PosingInstaller));
        assert_eq!(
            find("https://a.example/get?FileName=x.apk"),
            Some(File::Installer)
        );
        assert_eq!(find("https://a.example/get?q=x.apk"), None);
        assert_eq!(
            find("https://a.example/f/x.apk/download"),
            Some(File::Installer)
        );
        assert_eq!(find("https://a.example/x.apk/about"), None);
        assert_eq!(
            source("?source=https://a/b.msix&x"),
            Some("https://a/b.msix")
        );
    }
}
