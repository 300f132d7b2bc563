import API
import Foundation
import Glibc

/// How fast a submission of 2 KB is read by the contract, with all its checks, beside Foundation's decoder that reads the
/// same body into a structure; and how much memory a body of 20 MB with one attachment takes, over its size.
@main
struct ReadingFigure {
  let rounds: Int
  private let clock = ContinuousClock()

  static func main() throws {
    guard CommandLine.arguments.count == 2, let rounds = Int(CommandLine.arguments[1]), rounds > 0 else {
      exit(2)
    }
    // First, because memory that was used once is not given back.
    let memory = try memoryOfLargeBody()
    print(try ReadingFigure(rounds: rounds).table() + "\n\n" + memory)
  }

  private func table() throws -> String {
    let body = Array(Self.body.utf8)
    let data = Data(body)
    var (ours, theirs) = (Samples(), Samples())
    for _ in 1...rounds {
      ours.add(try microseconds { _ = try SubmitRequest.read(body) })
      let decoder = JSONDecoder()
      theirs.add(try microseconds { _ = try decoder.decode(Message.self, from: data) })
    }
    var table = Table("Body, bytes", "SubmitRequest.read, µs", "JSONDecoder, µs", "JSONDecoder over it")
    table.add(
      "\(body.count)", ours.text(decimals: 1), theirs.text(decimals: 1), theirs.over(ours).text(decimals: 2))
    return table.text
  }

  /// The fastest of five passes, in processor time of this thread.
  private func microseconds(_ body: () throws -> Void) throws -> Double {
    let count = 20_000
    return try (1...5).map { _ in
      let start = Self.processorTime()
      for _ in 0..<count { try body() }
      return (Self.processorTime() - start) * 1e6 / Double(count)
    }.min() ?? .nan
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func memoryOfLargeBody() throws -> String {
    let head = Array(
      #"{"to":{"address":"a@example.com"},"attachments":[{"filename":"a.bin","content":""#.utf8)
    let piece = Array(repeating: UInt8(ascii: "A"), count: 64 << 10)
    let before = try peak()
    var reader = Operations.submit.bodyReader()
    var decoded = 0
    try reader.feed(head)
    for _ in 0..<320 {
      try reader.feed(piece)
      decoded += reader.takeStreamed().reduce(0) { $0 + $1.bytes.count }
    }
    try reader.feed(Array(#""}]}"#.utf8))
    _ = try reader.finish()
    let size = head.count + 320 * piece.count + 4
    let ratio = Double(try peak() - before) / Double(size)
    guard decoded > 15_000_000 else { throw Failure(description: "Only \(decoded) bytes were decoded.") }
    var table = Table("Body with one attachment, MB", "Peak memory over its size")
    table.add(String(format: "%.1f", Double(size) / 1e6), String(format: "%.2f", ratio))
    return table.text
  }

  /// Bytes (proc(5), VmHWM).
  private static func peak() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else {
      throw Failure(description: "/proc/self/status has no VmHWM.")
    }
    return kilobytes * 1024
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private struct Message: Decodable {
    struct Person: Decodable {
      var name: String?
      var address: String
    }
    var from: Person?
    var to: [Person]
    var cc: [Person]?
    var bcc: [Person]?
    var subject: String
    var text: String?
    var html: String?
    var headers: [String: String]?
    var messageId: String?
  }

  private static let body: String = {
    let line = #"We write to you because you asked us to tell you what becomes of your order, in full.\n"#
    return #"{"to":[{"name":"Zoë Example","address":"zoe@example.com"},{"address":"max@example.com"}],"#
      + #""cc":[{"address":"sales@example.com"}],"subject":"Your order 100001 is on its way","#
      + #""text":"Hello Zoë,\n\nit costs 12,50 € to have it brought to your door.\n\#(String(repeating: line, count: 19))","#
      + #""headers":{"X-Campaign":"order"},"messageId":"<100001@example.com>"}"#
  }()
}
