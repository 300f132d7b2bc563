import Foundation

/// A standard stream, without a buffer that would be lost when the process is killed.
struct Output {
  let descriptor: Int32

  static let standard = Output(descriptor: STDOUT_FILENO)
  static let errors = Output(descriptor: STDERR_FILENO)

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Whether text may have colours: https://no-color.org, and terminals that say they have none.
  var hasColour: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// Writes all of it. When the reader of standard output has gone, as `| head` does, the process ends as other
  /// commands do: by SIGPIPE, without a word. What cannot be written for another reason ends it with status 1.
  func write(_ text: String) {
    check(attempt(text))
  }

  func write(bytes: [UInt8]) {
    check(bytes.withUnsafeBytes { attempt($0) })
  }

  private func check(_ failure: Int32?) {
    guard let failure, descriptor == STDOUT_FILENO else { return }
    if failure == EPIPE { Self.endLikeFilter() }
    Self.errors.writeIfPossible(
      "heliograph: Standard output cannot be written: \(String(cString: strerror(failure))).\n")
    Foundation.exit(1)
  }

  /// Writes it for whoever reads: a server goes on without a reader.
  func writeIfPossible(_ text: String) {
    _ = attempt(text)
  }

  /// Returns the error number, if not all of it was written.
  private func attempt(_ text: String) -> Int32? {
    var text = text
    return text.withUTF8 { attempt(UnsafeRawBufferPointer($0)) }
  }

  private func attempt(_ bytes: UnsafeRawBufferPointer) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress
      let written = Foundation.write(descriptor, start, rest.count)
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        // Somebody who shares the terminal or pipe has made it non-blocking.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }

  /// SwiftNIO ignores SIGPIPE.
  private static func endLikeFilter() -> Never {
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    // Only if a parent has blocked the signal: the status that a shell would show.
    _exit(128 + SIGPIPE)
  }
}
