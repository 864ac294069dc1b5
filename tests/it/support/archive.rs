//! Looks into a workbook, which is a zip archive.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

/// The contents of a zip archive's files, one after the other.
pub fn unzip(archive: &[u8]) -> Vec<u8> {
    let number = |at: usize| usize::from(archive[at]) + (usize::from(archive[at + 1]) << 8);
    let mut out = Vec::new();
    for at in (0..archive.len().saturating_sub(30)).filter(|at| archive[*at..].starts_with(b"PK\x03\x04")) {
        let content = &archive[at + 30 + number(at + 26) + number(at + 28)..];
        assert_eq!(number(at + 8), 8, "deflated");
        DeflateDecoder::new(content).read_to_end(&mut out).expect("a whole file");
    }
    assert!(!out.is_empty(), "an archive has files");
    out
}
