import NIOHTTP1
import Testing

@testable import HTTP
@testable import Microsoft

@Suite struct RetryAfterTests {
  @Test(
    arguments: [
      ("0", .seconds(0)), ("10", .seconds(10)), ("120", .seconds(120)), ("99999999", .seconds(86_400)),
      ("-1", nil), ("1.5", nil), ("soon", nil), ("", nil), ("99999999999999999999", nil),
      ("Fri, 20 Nov 2026 22:41:56 GMT", .seconds(30)),
      ("Fri, 20 Nov 2026 22:40:00 GMT", .seconds(0)),
      ("Sat, 21 Nov 2026 00:41:26 GMT", .seconds(7200)),
      ("Fri, 20 Nov 2027 22:41:26 GMT", .seconds(86_400)),
      ("Fri, 20 Nov 2026 22:41:56 CET", nil), ("Fri, 32 Nov 2026 22:41:56 GMT", nil),
      ("Fri, 20 Nov 2026 24:00:00 GMT", nil), ("20 Nov 2026", nil),
    ] as [(String, Duration?)])
  func `a pause is read as seconds or as a date against the reply's own`(value: String, pause: Duration?) {
    let headers: HTTPHeaders = ["Date": "Fri, 20 Nov 2026 22:41:26 GMT", "Retry-After": value]
    #expect(headers.retryAfter == pause)
  }

  @Test func `a date alone says nothing about a pause`() {
    #expect(HTTPHeaders([("Retry-After", "Fri, 20 Nov 2026 22:41:56 GMT")]).retryAfter == nil)
    #expect(HTTPHeaders().retryAfter == nil)
  }

  @Test(
    arguments: [
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
      ("Tue, 29 Feb 2000 12:34:56 GMT", 951_827_696), ("Fri, 20 Nov 2026 22:41:26 GMT", 1_795_214_486),
    ] as [(String, Int64)])
  func `an HTTP date is read to the second`(text: String, seconds: Int64) {
    #expect(HTTPDate.seconds(text) == seconds)
  }
}
