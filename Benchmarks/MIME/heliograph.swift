import Foundation
import MIME

/// Reads the messages of a folder: everything that a program would show. Prints the nanoseconds of the fastest round,
/// and the octets of text and of files in one.
@main
struct ReadMail {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let rounds = Int(arguments[1]) else { exit(2) }
    let folder = URL(filePath: arguments[2])
    let messages = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
    var best: Duration?
    var counts = (text: 0, files: 0)
    for _ in 0..<rounds {
      counts = (0, 0)
      let start = now()
      for bytes in messages { read(bytes, &counts) }
      let taken = now() - start
      best = min(best ?? taken, taken)
    }
    print(Int((best ?? .zero) / .nanoseconds(1)), counts.text, counts.files)
  }

  private static func read(_ bytes: [UInt8], _ counts: inout (text: Int, files: Int)) {
    let message = MIMEMessage(parsing: bytes)
    _ = (message.subject, message.addresses("From"), message.addresses("To"), message.addresses("Cc"))
    _ = message.date
    counts.text += (message.text ?? "").utf8.count + (message.html ?? "").utf8.count
    counts.files += message.attachments.reduce(0) { $0 + $1.content.count }
  }

  private static func now() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
