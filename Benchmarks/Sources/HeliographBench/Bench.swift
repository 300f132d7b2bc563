import Foundation

/// What every figure needs to know.
struct Bench: Sendable {
  /// The release binary under measurement.
  var heliograph: String
  /// An empty folder on the disk that is measured.
  var folder: String
  var rounds: Int
  /// Messages in the queue when delivery begins.
  var messages: Int
  /// Rows in the queue at start.
  var rows: Int

  /// A path in the folder that nobody has used.
  func fresh(_ name: String) -> String { "\(folder)/\(name)-\(UUID().uuidString.prefix(8))" }

  func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
