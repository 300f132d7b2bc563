import Testing

/// An input and what comes out.
struct Case: CustomTestStringConvertible {
  let source: String
  let html: String

  init(_ source: String, _ html: String) {
    self.source = source
    self.html = html
  }

  var testDescription: String { source }
}
