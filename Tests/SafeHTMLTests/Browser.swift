import Foundation
import ProcessTesting
import Testing

@testable import SafeHTML

/// What a real Chromium makes of results.
enum Browser {
  struct Page: Encodable {
    var results: [String]
    var elements = Set(Tag.allCases.map(\.name)).sorted()
    /// By element; in lower case.
    var attributes: [String: [String]] = Dictionary(
      Tag.allCases.map { tag in
        let own = AttributeTable.ofElements[tag].map { Array($0.keys) } ?? []
        let added = tag == .a ? AttributeTable.ofLinks.map(\.name) : []
        return (tag.name, own + added + AttributeTable.ofAll.keys)
      }, uniquingKeysWith: { first, _ in first })
    var schemes = ["a": Address.linkSchemes, "img": Address.imageSchemes + ["data"]]
    var imageTypes = Address.imageTypes
    var properties = StyleTable.properties.keys.sorted()

    init(results: [String]) {
      self.results = results
    }
  }

  struct Verdict: Decodable {
    /// How many results were looked at, and elements, attributes and style properties in them.
    let results: Int
    let elements: Int
    let attributes: Int
    let properties: Int
    let links: Int
    /// How often a script of a result ran.
    let runs: Int
    let faults: [String]
  }

  static func verdict(on results: [String]) throws -> Verdict {
    let folder = FileManager.default.temporaryDirectory.appending(path: "safe-html-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let json = try JSONEncoder().encode(Page(results: results))
    let script = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "judge.js"),
      encoding: .utf8)
    // As the text of a script element, which nothing but an end tag ends.
    let data = String(decoding: json, as: UTF8.self).replacing("<", with: "\\u003c")
    let page = folder.appending(path: "page.html")
    try """
    <!DOCTYPE html><meta charset="utf-8"><script type="application/json" id="data">\(data)</script>
    <script>\(script)</script>
    """.write(to: page, atomically: true, encoding: .utf8)

    let process = Process()
    let output = Pipe()
    // It ends by itself, also when this test is stopped.
    process.executableURL = URL(filePath: "/usr/bin/timeout")
    process.arguments = [
      "--kill-after=5", "300", "/usr/bin/chromium",
      "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(folder.path)/chromium",
      "--virtual-time-budget=10000",
      "--dump-dom", page.absoluteString,
    ]
    process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try start(process)
    let document = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    let parts = document.components(separatedBy: "<!--verdict ")
    try #require(parts.count == 2, "Chromium (Debian's package) is needed; it wrote \(document.suffix(500))")
    let verdict = try #require(parts[1].components(separatedBy: " verdict-->").first)
    return try JSONDecoder().decode(
      Verdict.self, from: Data(verdict.removingPercentEncoding?.utf8 ?? "".utf8))
  }
}
