import Foundation
import MIME
import ProcessTesting
import Testing

/// What Python's own `email` package makes of a message.
struct Verdict: Decodable {
  struct File: Decodable, Equatable {
    var name: String?
    var type: String
    var contentID: String?
    var isInline: Bool
    var content: Data
  }

  var subject: String?
  var addresses: [String: [String]]
  var headers: [String]
  var date: Int
  var messageID: String
  var text: String?
  var html: String?
  var files: [File]
  var defects: [String]
}

enum Judge {
  /// One run for all of them, because starting Python takes longer than judging.
  static func verdicts(on messages: [[UInt8]]) throws -> [Verdict] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "judge-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appending(path: "messages")
    try JSONEncoder().encode(messages.map { Data($0) }).write(to: input)

    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "judge.py")
    process.arguments = ["python3", script.path]
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = output
    try start(process)
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "python3 and its email package are needed")
    return try JSONDecoder().decode([Verdict].self, from: data)
  }
}
