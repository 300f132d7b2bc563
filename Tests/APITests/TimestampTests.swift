import Core
import Testing

@testable import API

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2027-05-20", "2027-05-20T00:00:00.000Z"), ("2027-05-20T14:00:00Z", "2027-05-20T14:00:00.000Z"),
    ("2027-05-20T14:00:00.250+02:00", "2027-05-20T12:00:00.250Z"), ("2028-02-29", "2028-02-29T00:00:00.000Z"),
    ("2000-02-29T23:59:59.999999Z", "2000-02-29T23:59:59.999Z"),
    ("2027-01-01t00:30:00+01:00", "2026-12-31T23:30:00.000Z"),
    ("1970-01-01T00:00:00z", "1970-01-01T00:00:00.000Z"),
    ("9999-12-31T23:59:59.9Z", "9999-12-31T23:59:59.900Z"),
    ("2027-05-20T14:00:00-00:30", "2027-05-20T14:30:00.000Z"),
  ])
  func `a date is a day or a moment`(text: String, instant: String) {
    #expect(Timestamp.read(text, allowsDay: true)?.description == instant)
  }

  @Test(arguments: [
    "", "next year", "2026-02-30", "2027-02-29", "2100-02-29", "2026-00-10", "2026-13-01", "2026-01-00",
    "2026-04-31",
    "2026-12-01\t", " 2026-12-01", "2026-12-01 ", "2026-12-1", "26-12-01", "+2026-12-01", "20261201",
    "2026-12-01T",
    "2026-12-01T10:00Z", "2026-12-01T10:00:00", "2026-12-01 10:00:00Z", "2026-12-01T24:00:00Z",
    "2026-12-01T10:60:00Z",
    "2026-12-31T23:59:60Z", "2026-12-01T10:00:00.Z", "2026-12-01T10:00:00,5Z", "2026-12-01T10:00:00+0100",
    "2026-12-01T10:00:00+24:00", "2026-12-01T10:00:00+01:60", "2026-12-01T10:00:00Zx",
    "2026-12-01T10:00:00Z\u{0}",
    "1969-12-31", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00", "9999-12-31T23:30:00-01:00",
    "٢٠٢٦-١٢-٠١",
    "2026-12-01T10:00:00.\(String(repeating: "0", count: 100))Z",
  ])
  func `all else is not a date`(text: String) {
    #expect(Timestamp.read(text, allowsDay: true) == nil)
  }

  @Test func `a day is not a moment`() {
    #expect(Timestamp.read("2027-05-20", allowsDay: false) == nil)
  }

  @Test func `every day of four centuries is where Instant has it`() {
    let wrong = (0..<146_097).map { Instant(microseconds: $0 * 86_400_000_000) }
      .filter { Timestamp.read(String($0.description.prefix(10)), allowsDay: true) != $0 }
    #expect(wrong == [])
  }
}
