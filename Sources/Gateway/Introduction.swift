import Foundation
import Logging
import Store

/// What the log tells an operator at a start: where the data and the key are, and how to go on while there is no token.
struct Introduction {
  let configuration: Configuration

  /// Absolute paths, because nobody sees in a log from where the program was started.
  var places: Logger.Metadata {
    var places: Logger.Metadata = ["data": "\(Self.absolute(configuration.data))"]
    switch configuration.database {
    case .sqlite(let path): places["database"] = "\(Self.absolute(path))"
    case .postgres: places["database"] = "PostgreSQL"
    }
    switch configuration.secretKey {
    case .text: places["key"] = "in the settings"
    case .file(let path, _): places["key"] = "\(Self.absolute(path))"
    }
    return places
  }

  var nextStep: String {
    "There is no API token yet. This makes one: \(tokenCommand). "
      + "Then `heliograph app guide --authority common` says what to register at Microsoft."
  }

  /// Secrets that a flag cannot carry must come from where the gateway has them.
  private var tokenCommand: String {
    var words = ["heliograph token issue"]
    var needsSettings = false
    switch configuration.database {
    case .sqlite: words += ["--data", Self.shellWord(Self.absolute(configuration.data))]
    case .postgres: needsSettings = true
    }
    switch configuration.secretKey {
    case .text: needsSettings = true
    case .file(_, makeIfMissing: true): break
    case .file(let path, makeIfMissing: false):
      words += ["--secret-key-file", Self.shellWord(Self.absolute(path))]
    }
    let command = "`\(words.joined(separator: " "))`"
    return needsSettings ? command + ", with the gateway's variables or --config" : command
  }

  static func absolute(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.path
  }

  private static func shellWord(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch UnicodeScalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "_", "-", "+", ":", "@": true
      default: false
      }
    }
    return isPlain ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
  }
}
