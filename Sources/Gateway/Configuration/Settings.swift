package import Core
import Yams

/// The operator's settings, from all three sources, not yet parsed.
package struct Settings: Sendable {
  private let texts: [Setting: String]
  private let sources: [Setting: SettingSource]
  /// Whether the YAML file sets one that has no flag.
  let fileHoldsSecrets: Bool
  /// What else the file declares.
  let declarations: Declarations

  package subscript(_ setting: Setting) -> String? { texts[setting] }
  package func source(of setting: Setting) -> SettingSource { sources[setting] ?? .default }

  /// An empty text counts as not set.
  ///
  /// - Parameters:
  ///   - file: the YAML file's text: one mapping of keys to scalars, and of sections to what they declare.
  ///   - folder: what the paths in that file are relative to.
  /// - Throws: `Problem` naming a key that does not exist and the nearest one that does.
  package init(
    flags: [Setting: String] = [:], environment: [String: String] = [:], file: String? = nil,
    folder: String = "."
  ) throws(Problem) {
    try Self.checkSpelling(of: environment)
    var reader = DeclarationReader(environment: environment, folder: folder)
    var texts = try Self.read(file, &reader)
    declarations = reader.result
    fileHoldsSecrets = texts.keys.contains { $0.flag == nil }
    var sources = texts.mapValues { _ in SettingSource.configuration }
    for setting in Setting.allCases {
      for (text, source) in [
        (environment[setting.variable], SettingSource.environment), (flags[setting], .flag),
      ] {
        guard let text, !text.isEmpty else { continue }
        texts[setting] = text
        sources[setting] = source
      }
    }
    self.texts = texts
    self.sources = sources
  }

  private static func read(
    _ file: String?, _ declarations: inout DeclarationReader
  ) throws(Problem) -> [Setting: String] {
    guard let file else { return [:] }
    let root: Node?
    do {
      root = try Yams.compose(yaml: file)
    } catch {
      throw .malformedConfigurationFile("\(error)")
    }
    guard let root else { return [:] }
    guard let mapping = root.mapping else {
      throw .malformedConfigurationFile("it is not a mapping of keys to values")
    }
    var texts: [Setting: String] = [:]
    for (key, value) in mapping {
      let name = key.string ?? ""
      if Declarations.sections.contains(name) {
        declarations.read(name, value, line: key.mark?.line)
        continue
      }
      guard let setting = Setting(rawValue: name) else {
        let place = key.mark.map { "Line \($0.line) of the configuration file: " } ?? ""
        throw .unknownSetting(
          place + name,
          nearest: nearest(to: name, among: Setting.allCases.map(\.key) + Declarations.sections))
      }
      guard let text = value.scalar?.string else {
        throw .invalidSetting(setting, "a list or mapping", "one value")
      }
      if texts.updateValue(text, forKey: setting) != nil {
        throw .malformedConfigurationFile("it sets \(name) twice")
      }
    }
    return texts
  }

  /// A misspelt variable is refused. One that does not resemble ours is ignored: Kubernetes sets
  /// `HELIOGRAPH_SERVICE_HOST` and more for a service of our name.
  private static func checkSpelling(of environment: [String: String]) throws(Problem) {
    let known = Setting.allCases.map(\.variable) + Variable.allCases.map(\.rawValue)
    for name in environment.keys.sorted() where name.hasPrefix("HELIOGRAPH_") && !known.contains(name) {
      if let nearest = known.min(by: { distance($0, name) < distance($1, name) }),
        distance(nearest, name) <= 2
      {
        throw .unknownSetting(name, nearest: nearest)
      }
    }
  }

  package static func nearest(to name: String, among known: [String]) -> String {
    known.min { distance($0, name) < distance($1, name) } ?? ""
  }

  /// Levenshtein's: insertions, deletions and substitutions.
  package static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, character) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let substituted = diagonal + (character == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
