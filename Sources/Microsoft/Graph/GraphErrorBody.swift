/// `{"error": {"code", "message", "innerError": {"code", ...}}}`.
struct GraphErrorBody: Decodable, Sendable {
  /// The outermost code that we know, else the outermost: an inner one says more about less.
  var name: String? {
    let names = error.names.filter { name in
      (1...64).contains(name.utf8.count)
        && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
    return names.first { ErrorCatalogue.entry(.graph, $0) != nil } ?? names.first
  }

  private var error: Level

  private indirect enum Level: Decodable, Sendable {
    case level(code: String?, inner: Level?)

    enum CodingKeys: String, CodingKey {
      case code
      case innerError
      case innererror
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      self = .level(
        code: try? fields.decodeIfPresent(String.self, forKey: .code),
        inner: (try? fields.decodeIfPresent(Level.self, forKey: .innerError))
          ?? (try? fields.decodeIfPresent(Level.self, forKey: .innererror)))
    }

    var names: [String] {
      switch self {
      case .level(let code, let inner): (code.map { [$0] } ?? []) + (inner?.names ?? [])
      }
    }
  }
}
