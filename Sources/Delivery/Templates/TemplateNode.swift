/// A part of a template. Tags on lines of their own are gone with their lines, as Mustache has it.
indirect enum TemplateNode: Sendable, Hashable {
  case text(String)
  /// `isRaw`: as `{{{name}}}` has it, not escaped.
  case variable(TemplatePath, isRaw: Bool)
  /// `isInverted`: as `{{^name}}` has it, for what is empty.
  case section(TemplatePath, isInverted: Bool, [TemplateNode])
}

/// The name in a tag: `params.address.city`, or `.` for the value of the section itself.
struct TemplatePath: Sendable, Hashable, CustomStringConvertible {
  /// None for `.`.
  let names: [String]

  var description: String { names.isEmpty ? "." : names.joined(separator: ".") }
}

/// Why a text is not a template.
struct TemplateFault: Error, Hashable {
  /// From 1.
  var line: Int
  /// The rest of a sentence: "line 3: …".
  var message: String
}
