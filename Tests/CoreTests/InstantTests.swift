import Core
import Testing

@Suite struct InstantTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 +0000"),
      (1_795_214_486_123_456, "2026-11-20T22:41:26.123Z", "Fri, 20 Nov 2026 22:41:26 +0000"),
      (951_827_696_999_999, "2000-02-29T12:34:56.999Z", "Tue, 29 Feb 2000 12:34:56 +0000"),
      (-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 +0000"),
    ] as [(Int64, String, String)])
  func `an instant is written as RFC 3339 and RFC 5322 ask`(
    microseconds: Int64, rfc3339: String, rfc5322: String
  ) {
    #expect(Instant(microseconds: microseconds).description == rfc3339)
    #expect(Instant(microseconds: microseconds).rfc5322 == rfc5322)
  }

  @Test func `durations move an instant both ways`() {
    let start = Instant(microseconds: 5_000_000)
    #expect(start + .milliseconds(1500) - start == .milliseconds(1500))
    #expect((start - .seconds(6)).microseconds == -1_000_000)
  }
}
