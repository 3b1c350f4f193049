//! The records of a CSV file, read piece by piece: of a file of any length one piece and one record are in memory.

use bytes::Bytes;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The longest record, in bytes, without its quotation marks: more than any contact has.
const LONGEST: usize = 128 << 10;

/// Most cells of a record.
const MOST_CELLS: usize = 512;

/// Where a file comes from.
pub(super) trait Source: Send {
    /// Why a piece cannot be had.
    type Error: Send;

    /// Some of the file from the byte `from` on; nothing after its end.
    fn piece(&mut self, from: u64) -> impl Future<Output = Result<Bytes, Self::Error>> + Send;
}

/// Why a record is none that can be worked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is too long, perhaps because a quotation mark is not closed.
    TooLong,
    /// It has too many cells.
    TooManyCells,
    /// It is not UTF-8.
    Encoding,
}

impl Broken {
    /// What is wrong, as people are told.
    pub(super) fn reason(self) -> String {
        match self {
            Self::TooLong => format!(
                "is longer than {} KiB; perhaps a quotation mark is not closed",
                LONGEST >> 10
            ),
            Self::TooManyCells => format!("has more than {MOST_CELLS} cells"),
            Self::Encoding => {
                "is not UTF-8; perhaps the file is Latin-1 or Windows-1252: save it as CSV in UTF-8"
                    .to_owned()
            }
        }
    }
}

/// A file that is read from one of its records on.
pub(super) struct Table<S> {
    source: S,
    reader: Reader,
    piece: Bytes,
    /// Where the next byte that was not parsed yet lies in the file.
    offset: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl<S: Source> Table<S> {
    /// The file from `offset` on, where a record begins. `piece` are its bytes from there that were read already.
    pub(super) fn new(source: S, delimiter: u8, offset: u64, piece: Bytes) -> Self {
        Self {
            source,
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            piece,
            offset,
            bytes: vec![0; LONGEST],
            ends: vec![0; MOST_CELLS],
        }
    }

    /// Where the next record begins.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The cells of the next record, without the blanks around them; none after the last. Lines without anything are none.
    pub(super) async fn next(&mut self) -> Result<Option<Result<Vec<String>, Broken>>, S::Error> {
        let (mut filled, mut cells) = (0, 0);
        let mut broken = None;
        loop {
            if self.piece.is_empty() {
                // Without anything the parser takes it for the end, which it is.
                self.piece = self.source.piece(self.offset).await?;
            }
            let (result, read, written, ended) = self.reader.read_record(
                &self.piece,
                &mut self.bytes[filled..],
                &mut self.ends[cells..],
            );
            self.piece = self.piece.slice(read..);
            self.offset += read as u64;
            filled += written;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                // What is broken is read to its end, where the next one begins.
                ReadRecordResult::OutputFull => {
                    broken = broken.or(Some(Broken::TooLong));
                    filled = 0;
                }
                ReadRecordResult::OutputEndsFull => {
                    broken = broken.or(Some(Broken::TooManyCells));
                    cells = 0;
                }
                ReadRecordResult::Record => {
                    return Ok(Some(match broken {
                        Some(broken) => Err(broken),
                        None => self.cells(filled, cells),
                    }));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn cells(&self, filled: usize, cells: usize) -> Result<Vec<String>, Broken> {
        // Its cells' ends are those of characters too: a delimiter is ASCII.
        let text = std::str::from_utf8(&self.bytes[..filled]).map_err(|_| Broken::Encoding)?;
        let mut begin = 0;
        let cells = self.ends[..cells].iter().map(|end| {
            let cell = text.get(begin..*end).unwrap_or_default();
            begin = *end;
            cell.trim().to_owned()
        });
        Ok(cells.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Text {
        bytes: Bytes,
        at_once: usize,
    }

    impl Source for Text {
        type Error = ();

        async fn piece(&mut self, from: u64) -> Result<Bytes, ()> {
            let from = usize::try_from(from).unwrap().min(self.bytes.len());
            let end = self.bytes.len().min(from + self.at_once);
            Ok(self.bytes.slice(from..end))
        }
    }

    fn table(text: impl AsRef<[u8]>, at_once: usize, offset: u64) -> Table<Text> {
        let bytes = Bytes::copy_from_slice(text.as_ref());
        Table::new(Text { bytes, at_once }, b',', offset, Bytes::new())
    }

    type Read = Result<Vec<String>, Broken>;

    /// The records from a byte on, each with where the next one begins.
    fn records(text: impl AsRef<[u8]>, at_once: usize, offset: u64) -> Vec<(Read, u64)> {
        let mut table = table(text, at_once, offset);
        let mut records = Vec::new();
        let read = async {
            while let Some(record) = table.next().await.unwrap() {
                records.push((record, table.offset()));
            }
        };
        futures::executor::block_on(read);
        records
    }

    fn cells(text: impl AsRef<[u8]>) -> Vec<Read> {
        let records = records(text, 3, 0).into_iter();
        records.map(|(record, _)| record).collect()
    }

    fn row(cells: &[&str]) -> Read {
        Ok(cells.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn quotes_line_breaks_and_empty_lines_are_as_spreadsheets_write_them() {
        assert_eq!(
            cells("a,b\r\n\r\n\"x, \"\"y\"\"\nz\", 2 \n\n,\n1\n"),
            [
                row(&["a", "b"]),
                row(&["x, \"y\"\nz", "2"]),
                row(&["", ""]),
                row(&["1"])
            ]
        );
        assert_eq!(cells(""), []);
        assert_eq!(cells("\n\r\n"), []);
        assert_eq!(cells("a"), [row(&["a"])]);
        assert_eq!(cells("\"open"), [row(&["open"])]);
    }

    #[test]
    fn what_is_broken_does_not_break_what_follows() {
        let long = "x".repeat(LONGEST + 1);
        let wide = ",".repeat(MOST_CELLS);
        let mut text = format!("a\n{long}\nb\n{wide}\nc\n").into_bytes();
        text.extend(b"\xe9,1\nd\n");
        let read = records(text, 1_000, 0);
        let read: Vec<Read> = read.into_iter().map(|(record, _)| record).collect();
        assert_eq!(
            read,
            [
                row(&["a"]),
                Err(Broken::TooLong),
                row(&["b"]),
                Err(Broken::TooManyCells),
                row(&["c"]),
                Err(Broken::Encoding),
                row(&["d"]),
            ]
        );
        assert_eq!(
            cells(format!("a\n\"{long}\nb\n")),
            [row(&["a"]), Err(Broken::TooLong)]
        );
    }

    proptest! {
        #[test]
        fn wherever_it_is_taken_up_again_the_same_follows(
            text in "[a\",\r\n é]{0,60}", at_once in 1_usize..9
        ) {
            let whole = records(&text, 1_000, 0);
            prop_assert_eq!(&records(&text, at_once, 0), &whole);
            for (read, (_, offset)) in whole.iter().enumerate() {
                prop_assert_eq!(&records(&text, at_once, *offset)[..], &whole[read + 1..]);
            }
        }
    }
}
