import Core
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
    /// Text and variables, in order.
    case run([TemplateNode])
    case section(TemplatePath)
    /// Parts that are rendered together.
    case group(MustacheTemplate)
  }

  /// - Throws: `TemplateFault` for what is not a template.
  init(_ text: String) throws {
    var numbering = Numbering()
    root = try numbering.template(of: try TemplateParser.parse(text))
    parts = numbering.parts
  }

  /// A stranger's text in a sentence about a template.
  static func quoted(_ text: String) -> String { oneLine(text, limit: 60) }
}

/// Replaces what is in a template by numbers.
private struct Numbering {
  /// Tags in one Mustache template. It has to be short, but each template costs memory too.
  static let width = 32

  var parts: [TemplateText.Part] = []

  mutating func template(of nodes: [TemplateNode]) throws -> MustacheTemplate {
    var tags: [String] = []
    var run: [TemplateNode] = []
    for node in nodes {
      guard case .section(let path, let isInverted, let body) = node else {
        run.append(node)
        continue
      }
      addRun(&run, to: &tags)
      let number = add(.section(path))
      let content = add(.group(try template(of: body)))
      tags.append("{{\(isInverted ? "^" : "#")\(number)}}{{\(content)}}{{/\(number)}}")
    }
    addRun(&run, to: &tags)
    return try template(of: tags[...])
  }

  /// Of many tags, a tree of templates.
  private mutating func template(of tags: ArraySlice<String>) throws -> MustacheTemplate {
    guard tags.count > Self.width else { return try MustacheTemplate(string: tags.joined()) }
    let size = max(Self.width, (tags.count + Self.width - 1) / Self.width)
    let groups = try stride(from: tags.startIndex, to: tags.endIndex, by: size).map { start in
      "{{\(add(.group(try template(of: tags[start..<min(start + size, tags.endIndex)]))))}}"
    }
    return try MustacheTemplate(string: groups.joined())
  }

  /// In three braces: `TemplateScope` has escaped what has to be.
  private mutating func addRun(_ run: inout [TemplateNode], to tags: inout [String]) {
    guard !run.isEmpty else { return }
    tags.append("{{{\(add(.run(run)))}}}")
    run = []
  }

  private mutating func add(_ part: TemplateText.Part) -> Int {
    parts.append(part)
    return parts.count - 1
  }
}
