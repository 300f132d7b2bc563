import Foundation

/// Standard output and standard error, without a buffer that would be lost when the process is killed.
enum Terminal {
  static func line(_ text: String = "") {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  static func error(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Columns as wide as their widest text, two spaces apart, headings in capitals.
  static func table(_ headings: [String], _ rows: [[String]]) {
    let all = [headings.map { $0.uppercased() }] + rows
    let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    for row in all {
      let cells = zip(row, widths).map { text, width in
        text.padding(toLength: width, withPad: " ", startingAt: 0)
      }
      line(cells.joined(separator: "  ").replacing(/\ +$/, with: ""))
    }
  }

  /// One name and value a line, the values in one column; what is empty is left out.
  static func fields(_ rows: [(name: String, value: String)]) {
    let width = (rows.map(\.name.count).max() ?? 0) + 2
    for row in rows where !row.value.isEmpty {
      line(row.name.padding(toLength: width, withPad: " ", startingAt: 0) + row.value)
    }
  }

  /// A secret from the named variable or, where that is not set, the first line of standard input.
  static func secret(from variable: String, prompt: String) -> String? {
    if let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty { return text }
    if isatty(STDIN_FILENO) == 1 { FileHandle.standardError.write(Data("\(prompt): ".utf8)) }
    return withoutEcho { readLine(strippingNewline: true) }
  }

  private static func withoutEcho<Value>(_ body: () -> Value) -> Value {
    var before = termios()
    guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &before) == 0 else { return body() }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    defer {
      tcsetattr(STDIN_FILENO, TCSANOW, &before)
      error("")
    }
    return body()
  }
}
