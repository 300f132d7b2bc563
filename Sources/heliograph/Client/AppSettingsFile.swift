import API
import Core
import Foundation
import JSON

/// The part of an appsettings.json that describes an app registration.
///
/// Comments, trailing commas, a byte-order mark, UTF-16 and any case of the keys are allowed, as in .NET.
struct AppSettingsFile {
  let clientID: String
  let clientSecret: Secret?
  let authority: String
  let redirectURL: String?

  static let callbackPath = "/api/v1/outlook-authorization/code"

  init(_ data: Data, name: String) throws(Problem) {
    let root: JSONValue
    do {
      root = try JSONValue(parsing: Self.strictJSON(Array(Self.utf8(data))))
    } catch {
      throw .settings(
        name, "is not JSON: \(error)",
        remedy: "Check the file with a JSON editor; comments are allowed.")
    }
    guard let section = root.member("MicrosoftEntraApp") else {
      throw .settings(
        name, "has no section “MicrosoftEntraApp”",
        remedy: "Choose the file that contains ClientId and TenantId.")
    }
    guard let clientID = section.text("ClientId") else {
      throw .settings(
        name, "has no MicrosoftEntraApp.ClientId", remedy: "Enter the Application (client) ID there.")
    }
    self.clientID = clientID
    clientSecret = section.text("ClientSecret").map { Secret($0) }
    authority = section.text("TenantId") ?? "common"
    redirectURL = root.text("BaseUrl").map { $0.trimmingSuffix("/") + Self.callbackPath }
  }

  /// As UTF-8 without a byte-order mark.
  private static func utf8(_ data: Data) -> Data {
    if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
      return String(data: data, encoding: .utf16).map { Data($0.utf8) } ?? data
    }
    return data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
  }

  /// Without comments and trailing commas, which become spaces, so that line and column of an error stay right.
  private static func strictJSON(_ bytes: [UInt8]) -> [UInt8] {
    var text = bytes
    var index = 0
    // The last byte that is neither space nor comment, and the comma after a value if it is that byte.
    var last = UInt8(ascii: "{")
    var comma: Int?
    while index < text.count {
      let byte = text[index]
      let next = index + 1 < text.count ? text[index + 1] : 0
      if " \t\r\n".utf8.contains(byte) {
        index += 1
      } else if byte == UInt8(ascii: "/"), next == byte {
        index = blank(&text, from: index, to: endOfLine(text, from: index))
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        index = blank(&text, from: index, to: endOfBlock(text, from: index))
      } else {
        if "}]".utf8.contains(byte), let comma { text[comma] = UInt8(ascii: " ") }
        comma = byte == UInt8(ascii: ",") && !"{[,".utf8.contains(last) ? index : nil
        last = byte
        index = byte == UInt8(ascii: "\"") ? endOfString(text, from: index) : index + 1
      }
    }
    return text
  }

  /// The index after the closing quotation mark, or the end.
  private static func endOfString(_ text: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while index < text.count, text[index] != UInt8(ascii: "\"") {
      index += text[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return index + 1
  }

  private static func endOfLine(_ text: [UInt8], from start: Int) -> Int {
    text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
  }

  /// The index after `*/`, or the end.
  private static func endOfBlock(_ text: [UInt8], from start: Int) -> Int {
    var index = start + 2
    while index + 1 < text.count {
      if text[index] == UInt8(ascii: "*"), text[index + 1] == UInt8(ascii: "/") { return index + 2 }
      index += 1
    }
    return text.count
  }

  private static func blank(_ text: inout [UInt8], from start: Int, to end: Int) -> Int {
    for index in start..<end where text[index] != UInt8(ascii: "\n") { text[index] = UInt8(ascii: " ") }
    return end
  }
}

extension JSONValue {
  /// The value of a member whose key may be in any case.
  fileprivate func member(_ key: String) -> JSONValue? {
    object?.members.first { $0.key.lowercased() == key.lowercased() }?.value
  }

  /// The trimmed text of such a member; `nil` when it is empty or not a string.
  fileprivate func text(_ key: String) -> String? {
    let text = member(key)?.string?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return text.isEmpty ? nil : text
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: Character) -> String {
    var text = self[...]
    while text.last == suffix { text.removeLast() }
    return String(text)
  }
}

extension Problem {
  fileprivate static func settings(_ file: String, _ fault: String, remedy: String) -> Problem {
    Problem(.requestInvalidField, "\(file) \(fault).", remedy: remedy)
  }
}
