import ArgumentParser
import Core
import Foundation

/// What a person types or a pipe brings.
enum StandardInput {
  static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// All of it. On a terminal, the person is told what is waited for.
  static func read(_ what: String) throws -> Data {
    if isTerminal { Terminal.error("Enter \(what); end with Ctrl-D on a line of its own.") }
    return try FileHandle.standardInput.readToEnd() ?? Data()
  }

  /// A secret from the named variable or, where that is not set, the first line of standard input, which a
  /// terminal does not show.
  ///
  /// - Throws: `ValidationError` when neither has one.
  static func secret(from variable: String, prompt: String) throws -> Secret {
    if let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty { return Secret(text) }
    guard let line = withoutEcho(prompt, { readLine(strippingNewline: true) }), !line.isEmpty else {
      throw ValidationError("Neither \(variable) nor standard input has the \(prompt.lowercased()).")
    }
    return Secret(line)
  }

  private static func withoutEcho<Value>(_ prompt: String, _ body: () -> Value) -> Value {
    var before = termios()
    guard isTerminal, tcgetattr(STDIN_FILENO, &before) == 0 else { return body() }
    Output.errors.write("\(prompt): ")
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    defer {
      tcsetattr(STDIN_FILENO, TCSANOW, &before)
      Terminal.error("")
    }
    return body()
  }
}
