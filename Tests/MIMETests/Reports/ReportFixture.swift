import Foundation
import MIME
import Testing

/// A message in the format of a mail system, from the folder of fixtures; lines end in CRLF.
struct ReportFixture: Sendable, CustomTestStringConvertible {
  let name: String

  var testDescription: String { name }

  var bytes: [UInt8] {
    get throws {
      let file = Self.folder.appending(path: name + ".eml")
      return Array(
        String(decoding: try Data(contentsOf: file), as: UTF8.self).replacing("\n", with: "\r\n").utf8)
    }
  }

  static var all: [ReportFixture] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
        .filter { $0.hasSuffix(".eml") }.map { ReportFixture(name: String($0.dropLast(4))) }
    }
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/Reports")
}

/// The report of a message written with LF.
func report(_ text: String) -> MailReport {
  MailReport(reading: Array(text.replacing("\n", with: "\r\n").utf8))
}
