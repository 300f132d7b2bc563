import Core
import MIME
import Mustache

/// One text of a template, such as its HTML, ready to be rendered.
///
/// Mustache does the rendering, of a template without names or text: its tags are numbers, and `TemplateScope` tells it
/// what each stands for. So names, escaping and limits are decided here, once; and Mustache's parser, whose time for a tag
/// grows with the text after it, gets short texts only.
struct TemplateText: Sendable {
  let root: MustacheTemplate
  let parts: [Part]

  /// What a numbered tag stands for.
  enum Part: Sendable {
    case text(String)
    case variable(TemplatePath, isRaw: Bool)
    case section(TemplatePath)
    /// Parts that are rendered together.
    case group(MustacheTemplate)
  }

  /// - Throws: `TemplateFault` for what is not a template.
  init(_ text: String) throws {
    var numbering = Numbering()
    root = try numbering.template(of: try TemplateParser.parse(text)[...])
    parts = numbering.parts
  }

  /// A stranger's text in a sentence about a template.
  static func quoted(_ text: String) -> String { oneLine(text, limit: 60) }

  private struct Numbering {
    /// Tags in one Mustache template. It has to be short, but each template costs memory too.
    static let width = 32

    var parts: [Part] = []

    mutating func template(of nodes: ArraySlice<TemplateNode>) throws -> MustacheTemplate {
      guard nodes.count > Self.width else {
        return try MustacheTemplate(string: nodes.map { try tag(of: $0) }.joined())
      }
      let size = max(Self.width, (nodes.count + Self.width - 1) / Self.width)
      let groups = try stride(from: nodes.startIndex, to: nodes.endIndex, by: size).map { start in
        "{{\(add(.group(try template(of: nodes[start..<min(start + size, nodes.endIndex)]))))}}"
      }
      return try MustacheTemplate(string: groups.joined())
    }

    /// In three braces: `TemplateScope` has escaped what has to be.
    private mutating func tag(of node: TemplateNode) throws -> String {
      switch node {
      case .text(let text): return "{{{\(add(.text(text)))}}}"
      case .variable(let path, let isRaw): return "{{{\(add(.variable(path, isRaw: isRaw)))}}}"
      case .section(let path, let isInverted, let nodes):
        let number = add(.section(path))
        let body = add(.group(try template(of: nodes[...])))
        return "{{\(isInverted ? "^" : "#")\(number)}}{{\(body)}}{{/\(number)}}"
      }
    }

    private mutating func add(_ part: Part) -> Int {
      parts.append(part)
      return parts.count - 1
    }
  }
}
