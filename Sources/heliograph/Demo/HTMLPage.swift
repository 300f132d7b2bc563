import Foundation

/// A page and the forms on it, read well enough for plain pages such as ours and the sandbox's.
struct HTMLPage {
  let url: URL
  let status: Int
  let html: String

  var forms: [HTMLForm] {
    html.matches(of: /(?s)<form\b([^>]*)>(.*?)<\/form>/).map { match in
      HTMLForm(attributes: HTMLForm.attributes(String(match.1)), inner: String(match.2))
    }
  }

  /// The text without markup, for a message when something unexpected is shown.
  var text: String {
    html.replacing(/(?s)<(style|head)\b.*?<\/\1>/, with: " ").replacing(/<[^>]*>/, with: " ")
      .replacing(/\s+/, with: " ").trimmingCharacters(in: .whitespaces)
  }
}

struct HTMLForm {
  struct Field: Equatable {
    let name: String
    let value: String
  }

  let action: String
  /// What is sent whichever button is pressed.
  let fields: [Field]
  let buttons: [Field]

  init(attributes: [String: String], inner: String) {
    action = attributes["action"] ?? ""
    fields = inner.matches(of: /<input\b([^>]*)>/).compactMap { Self.field(Self.attributes(String($0.1))) }
    buttons = inner.matches(of: /<button\b([^>]*)>/).compactMap { Self.field(Self.attributes(String($0.1))) }
  }

  static func attributes(_ text: String) -> [String: String] {
    text.matches(of: /([a-zA-Z-]+)="([^"]*)"/).reduce(into: [:]) { attributes, match in
      attributes[String(match.1).lowercased()] = unescaped(String(match.2))
    }
  }

  private static func field(_ attributes: [String: String]) -> Field? {
    attributes["name"].map { Field(name: $0, value: attributes["value"] ?? "") }
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&lt;", with: "<")
      .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
  }
}
